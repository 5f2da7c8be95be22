import { ActionIcon, Menu, Select, Textarea } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { RuleCondition, RuleGroup } from '@/api/types';
import { t } from '@/i18n';
import { emptyGroup, formOf, asGroup } from '@/rules/edit';
import { RuleBuilder } from '@/rules/RuleBuilder';
import {
  columnsOf,
  fitValue,
  follow,
  kindOf,
  operatorsOf,
  WITHOUT_VALUE,
  type ColumnKind,
  type Scope,
} from '@/rules/scope';
import { SubjectPicker } from '@/rules/SubjectPicker';
import { ValueEditor } from '@/rules/ValueEditor';
import { operatorWords } from '@/rules/words';
import classes from '@/rules/rules.module.css';

interface Props {
  scope: Scope;
  rule: RuleCondition;
  onChange: (rule: RuleCondition) => void;
  onRemove: () => void;
}

/** One condition of any form. */
export function RuleRow(props: Props) {
  const form = formOf(props.rule);
  return (
    <div className={classes.rule} role="group" aria-label={t('rules.condition')}>
      <div className={classes.ruleLine}>
        <SubjectPicker scope={props.scope} rule={props.rule} onChange={props.onChange} />
        {form === 'condition' && props.rule.field !== '' && <Comparison {...props} />}
        {form === 'expression' && <Expression {...props} />}
        {form === 'related' && <Related {...props} />}
        {form === 'aggregate' && <Aggregate {...props} />}
        {form === 'filter' && <Filter {...props} />}
        {form === 'audience' && <Audience {...props} />}
        <span className={classes.spacer} />
        <More {...props} />
      </div>
      {form === 'related' && (
        <Inner
          {...props}
          title={t('rules.where')}
          group={asGroup(props.rule.value as RuleGroup | undefined)}
          onGroup={(value) => props.onChange({ ...props.rule, value })}
        />
      )}
      {form === 'aggregate' && props.rule.where !== undefined && (
        <Inner
          {...props}
          title={t('rules.countingOnly')}
          group={asGroup(props.rule.where)}
          onGroup={(where) => props.onChange({ ...props.rule, where })}
        />
      )}
    </div>
  );
}

/** A group over the rows behind a link. */
function Inner({
  scope,
  rule,
  title,
  group,
  onGroup,
}: Props & { title: string; group: RuleGroup; onGroup: (group: RuleGroup) => void }) {
  const inner = follow(scope, rule.field ?? '')?.scope;
  if (inner === undefined) return null;
  return (
    <div className={classes.inner}>
      <span className={classes.innerTitle}>{title}</span>
      <RuleBuilder scope={inner} value={group} onChange={onGroup} />
    </div>
  );
}

function Comparison({ scope, rule, onChange }: Props) {
  const column = follow(scope, rule.field ?? '')?.column;
  const kind = kindOf(column);
  return (
    <>
      <Operator rule={rule} kind={kind} onChange={onChange} />
      <ValueOf scope={scope} rule={rule} kind={kind} choices={column?.values} onChange={onChange} />
    </>
  );
}

function Operator({
  rule,
  kind,
  onChange,
  operators = operatorsOf(kind),
}: Omit<Props, 'onRemove' | 'scope'> & { kind: ColumnKind; operators?: string[] }) {
  const times = kind === 'date' || kind === 'timestamp';
  return (
    <Select
      size="xs"
      w={176}
      aria-label={t('rules.operator')}
      allowDeselect={false}
      data={operators.map((value) => ({ value, label: operatorWords(value, times) }))}
      value={rule.operator ?? '='}
      onChange={(operator) => {
        if (operator === null) return;
        const { value: former, ...rest } = rule;
        const value = fitValue(operator, kind, former);
        onChange({ ...rest, operator, ...(value !== undefined && { value }) });
      }}
      comboboxProps={{ width: 230, position: 'bottom-start' }}
    />
  );
}

function ValueOf({
  scope,
  rule,
  kind,
  choices,
  onChange,
}: Omit<Props, 'onRemove'> & { kind: ColumnKind; choices: string[] | undefined }) {
  const operator = rule.operator ?? '=';
  if (WITHOUT_VALUE.has(operator)) return null;
  return (
    <ValueEditor
      scope={scope}
      kind={kind}
      operator={operator}
      source={rule.valueSource ?? 'value'}
      value={rule.value}
      choices={choices}
      onChange={(value) => onChange({ ...rule, value })}
    />
  );
}

function Expression({ scope, rule, onChange }: Props) {
  return (
    <>
      <Textarea
        size="xs"
        autosize
        minRows={1}
        maxRows={6}
        style={{ flex: '1 1 260px' }}
        aria-label={t('rules.expression')}
        placeholder="year(birth_date)"
        classNames={{ input: classes.mono }}
        value={rule.expression ?? ''}
        onChange={({ currentTarget }) => onChange({ ...rule, expression: currentTarget.value })}
      />
      <Operator rule={rule} kind="text" onChange={onChange} operators={ALL_OPERATORS} />
      <ValueOf
        scope={scope}
        rule={rule}
        kind={looseKind(rule.value)}
        choices={undefined}
        onChange={onChange}
      />
    </>
  );
}

const ALL_OPERATORS = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'between',
  'in',
  'notIn',
  'contains',
  'null',
  'notNull',
];

/** An expression has no declared type here; the value that stands there tells. */
function looseKind(value: unknown): ColumnKind {
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'text';
}

const MODES = ['some', 'none', 'all', 'atLeast', 'atMost', 'exactly'] as const;
const WITH_THRESHOLD = new Set<string>(['atLeast', 'atMost', 'exactly']);

function Related({ rule, onChange }: Props) {
  const { mode = 'some', threshold = 1 } = rule.match ?? {};
  return (
    <>
      <Select
        size="xs"
        w={150}
        aria-label={t('rules.howMany')}
        allowDeselect={false}
        data={MODES.map((value) => ({ value, label: t(`match.${value}`) }))}
        value={mode}
        onChange={(next) => {
          if (next === null) return;
          const match = WITH_THRESHOLD.has(next) ? { mode: next, threshold } : { mode: next };
          onChange({ ...rule, match });
        }}
      />
      {WITH_THRESHOLD.has(mode) && (
        <ValueEditor
          kind="number"
          operator="="
          source="value"
          value={threshold}
          label={t('rules.threshold')}
          onChange={(next) => onChange({ ...rule, match: { mode, threshold: Number(next ?? 0) } })}
        />
      )}
    </>
  );
}

const FUNCTIONS = ['count', 'countDistinct', 'sum', 'avg', 'min', 'max', 'stddev'] as const;

function Aggregate({ scope, rule, onChange }: Props) {
  const inner = follow(scope, rule.field ?? '')?.scope;
  const { function: name = 'count', field } = rule.aggregate ?? {};
  const columns = inner === undefined ? [] : columnsOf(inner);
  const numeric = name === 'sum' || name === 'avg' || name === 'stddev';
  const offered = numeric ? columns.filter((each) => kindOf(each) === 'number') : columns;
  const column = columns.find((each) => each.name === field);
  const kind = name === 'min' || name === 'max' ? kindOf(column) : 'number';
  return (
    <>
      <Select
        size="xs"
        w={150}
        aria-label={t('rules.figure')}
        allowDeselect={false}
        data={FUNCTIONS.map((value) => ({ value, label: t(`aggregate.${value}`) }))}
        value={name}
        onChange={(next) => {
          if (next === null) return;
          const aggregate =
            next === 'count' ? { function: next } : { function: next, field: field ?? '' };
          onChange({ ...rule, aggregate });
        }}
      />
      {name !== 'count' && (
        <Select
          size="xs"
          w={150}
          searchable
          aria-label={t('rules.figureOf')}
          placeholder={t('rules.column')}
          data={offered.map((each) => ({ value: each.name, label: each.label ?? each.name }))}
          value={field ?? null}
          onChange={(next) =>
            onChange({ ...rule, aggregate: { function: name, field: next ?? '' } })
          }
        />
      )}
      <Operator rule={rule} kind={kind} onChange={onChange} />
      <ValueOf scope={scope} rule={rule} kind={kind} choices={undefined} onChange={onChange} />
    </>
  );
}

function Filter({ scope, rule, onChange }: Props) {
  const filter = scope.filters.find(({ name }) => name === rule.filter);
  const parameters = Object.entries(filter?.parameters ?? {});
  return parameters.map(([name, { type, label }]) => (
    <label key={name} className={classes.parameter}>
      <span>{label ?? name}</span>
      <ValueEditor
        kind={kindOf({ name, type })}
        operator="="
        source="value"
        label={label ?? name}
        value={rule.parameters?.[name]}
        onChange={(value) =>
          onChange({ ...rule, parameters: { ...rule.parameters, [name]: value } })
        }
      />
    </label>
  ));
}

function Audience({ rule, onChange }: Props) {
  return (
    <Select
      size="xs"
      w={150}
      aria-label={t('rules.operator')}
      allowDeselect={false}
      data={[
        { value: 'in', label: t('rules.inAudience') },
        { value: 'notIn', label: t('rules.notInAudience') },
      ]}
      value={rule.operator ?? 'in'}
      onChange={(operator) => operator !== null && onChange({ ...rule, operator })}
    />
  );
}

const SOURCES = ['value', 'field', 'expression'] as const;

/** What is seldom wanted. */
function More({ rule, onChange, onRemove }: Props) {
  const form = formOf(rule);
  const compares = form === 'condition' || form === 'expression';
  const { caseSensitive: exact = false, valueSource = 'value' } = rule;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('rules.more')}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {compares && (
          <>
            <Menu.Label>{t('rules.compareWith')}</Menu.Label>
            {SOURCES.map((source) => (
              <Menu.Item
                key={source}
                disabled={source === valueSource}
                onClick={() => {
                  const { valueSource: _former, ...rest } = rule;
                  onChange(
                    source === 'value'
                      ? { ...rest, value: '' }
                      : { ...rest, value: '', valueSource: source },
                  );
                }}
              >
                {t(`rules.source.${source}`)}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item
              onClick={() => {
                const { caseSensitive: _former, ...rest } = rule;
                onChange(exact ? rest : { ...rest, caseSensitive: true });
              }}
            >
              {exact ? t('rules.ignoreCase') : t('rules.matchCase')}
            </Menu.Item>
          </>
        )}
        {form === 'aggregate' && (
          <Menu.Item
            onClick={() => {
              const { where, ...rest } = rule;
              onChange(where === undefined ? { ...rest, where: emptyGroup() } : rest);
            }}
          >
            {rule.where === undefined ? t('rules.addWhere') : t('rules.removeWhere')}
          </Menu.Item>
        )}
        <Menu.Item color="red" onClick={onRemove}>
          {t('rules.remove')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
