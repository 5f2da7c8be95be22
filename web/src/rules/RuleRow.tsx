import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import type { FieldOf } from '@/api/questions';
import type { Rule, RuleCondition, RuleGroup } from '@/api/types';
import { t } from '@/i18n';
import { formOf, asGroup } from '@/rules/edit';
import { ExpressionField } from '@/rules/ExpressionField';
import type { Arranging } from '@/rules/GroupMenu';
import { Aggregate, Pick, Related } from '@/rules/Linked';
import { MoreMenu } from '@/rules/MoreMenu';
import { PartCount } from '@/rules/PartCount';
import { RecordField } from '@/rules/RecordField';
import { RuleBuilder } from '@/rules/RuleBuilder';
import {
  fitValue,
  follow,
  isToOne,
  keyOf,
  kindOf,
  operatorsOf,
  operatorsOfType,
  pathFrom,
  WITHOUT_VALUE,
  type ColumnKind,
  type Scope,
} from '@/rules/scope';
import { SubjectPicker } from '@/rules/SubjectPicker';
import { ValueEditor } from '@/rules/ValueEditor';
import { ValuesPopover } from '@/rules/ValuesPopover';
import { operatorWords } from '@/rules/words';
import classes from '@/rules/rules.module.css';

export interface RowProps {
  scope: Scope;
  rule: RuleCondition;
  onChange: (rule: RuleCondition) => void;
}
export interface RuleActions extends Arranging {
  /** Puts what a predefined filter says in its place. */
  onUnfold: () => void;
}
type Props = RowProps & RuleActions & { count: number | undefined; handle: ReactNode };

/** One condition of any form. */
export function RuleRow(props: Props) {
  const { rule, onChange, count } = props;
  const form = formOf(rule);
  return (
    <div className={classes.rule} role="group" aria-label={t('rules.condition')}>
      <div className={classes.ruleLine}>
        {props.handle}
        <SubjectPicker scope={props.scope} rule={rule} onChange={onChange} />
        {form === 'condition' && rule.field !== '' && <Comparison {...props} />}
        {form === 'expression' && <Expression {...props} />}
        {form === 'related' && <Related {...props} />}
        {form === 'aggregate' && <Aggregate {...props} />}
        {form === 'filter' && <Filter {...props} />}
        {(form === 'audience' || form === 'population') && <Membership {...props} />}
        <span className={classes.spacer} />
        {count !== undefined && <PartCount count={count} />}
        <MoreMenu {...props} />
      </div>
      {rule.pick !== undefined && <Pick {...props} />}
      {form === 'related' && (
        <Inner
          {...props}
          title={t('rules.where')}
          group={asGroup(rule.value as Rule | undefined)}
          onGroup={(value) => onChange({ ...rule, value })}
        />
      )}
      {form === 'aggregate' && rule.where !== undefined && (
        <Inner
          {...props}
          title={t('rules.countingOnly')}
          group={asGroup(rule.where)}
          onGroup={(where) => onChange({ ...rule, where })}
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
}: RowProps & { title: string; group: RuleGroup; onGroup: (group: RuleGroup) => void }) {
  const inner = follow(scope, rule.field ?? '')?.scope;
  if (inner === undefined) return null;
  return (
    <div className={classes.inner}>
      <span className={classes.innerTitle}>{title}</span>
      <RuleBuilder scope={inner} value={group} onChange={onGroup} />
    </div>
  );
}

function Comparison({ scope, rule, onChange }: RowProps) {
  const found = follow(scope, rule.field ?? '');
  const record = found?.link === undefined || !isToOne(found.link) ? undefined : keyOf(found.scope);
  if (record !== undefined) {
    const isPlain = (rule.valueSource ?? 'value') === 'value';
    return (
      <>
        <Operator
          rule={rule}
          kind={kindOf(record)}
          operators={RECORD_OPERATORS}
          onChange={onChange}
        />
        {isPlain ? (
          <RecordField scope={scope} rule={rule} keyKind={kindOf(record)} onChange={onChange} />
        ) : (
          <ValueOf scope={scope} rule={rule} kind={kindOf(record)} onChange={onChange} />
        )}
      </>
    );
  }
  const column = found?.column;
  const kind = kindOf(column);
  const isAdded = scope.way === '' && scope.added.some(({ name }) => name === rule.field);
  const isKnown = !isAdded || scope.place !== undefined;
  const of: FieldOf | undefined =
    column === undefined || !isKnown || found?.scope.dimension === ''
      ? undefined
      : {
          ...scope.setting,
          // Only a run has values of what was added.
          ...(isAdded && { ...scope.place, run: 'last' as const }),
          dimension: scope.dimension,
          field: pathFrom(scope, rule.field ?? ''),
        };
  return (
    <>
      <Operator rule={rule} kind={kind} onChange={onChange} />
      <ValueOf
        scope={scope}
        rule={rule}
        kind={kind}
        choices={column?.values}
        of={of}
        onChange={onChange}
      />
      {of !== undefined && (
        <ValuesPopover
          of={of}
          label={column?.label ?? rule.field ?? ''}
          onPick={(value) => onChange(withPicked(rule, kind, value))}
        />
      )}
    </>
  );
}

/** What can be asked of which row a link leads to. */
const RECORD_OPERATORS = ['in', 'notIn', '=', '!=', 'null', 'notNull'];

/** A value that was picked: one more of a list, else the only one. */
function withPicked(rule: RuleCondition, kind: ColumnKind, picked: unknown): RuleCondition {
  const { valueSource: _source, ...rest } = rule;
  if (picked === null) {
    const { value: _value, ...empty } = rest;
    return { ...empty, operator: 'null' };
  }
  const operator = rule.operator ?? '=';
  if (operator === 'in' || operator === 'notIn') {
    const values = fitValue(operator, kind, rule.value) as unknown[];
    return values.includes(picked) ? rule : { ...rest, value: [...values, picked] };
  }
  const single = ['=', '!=', '<', '<=', '>', '>='].includes(operator) ? operator : '=';
  return { ...rest, operator: single, value: picked };
}

export function Operator({
  rule,
  kind,
  onChange,
  operators = operatorsOf(kind),
}: Omit<RowProps, 'scope'> & { kind: ColumnKind; operators?: string[] }) {
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
        const isPlain = (rule.valueSource ?? 'value') === 'value';
        const value = isPlain ? fitValue(operator, kind, former) : former;
        onChange({ ...rest, operator, ...(value !== undefined && { value }) });
      }}
      comboboxProps={{ width: 230, position: 'bottom-start' }}
    />
  );
}

export function ValueOf({
  scope,
  rule,
  kind,
  choices,
  of,
  onChange,
}: RowProps & {
  kind: ColumnKind;
  choices?: string[] | undefined;
  of?: FieldOf | undefined;
}) {
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
      of={of}
      spans
      onChange={(value) => onChange({ ...rule, value })}
    />
  );
}

function Expression({ scope, rule, onChange }: RowProps) {
  return (
    <ExpressionField
      scope={scope}
      label={t('rules.expression')}
      placeholder="years_old(birth_date)"
      value={rule.expression ?? ''}
      onChange={(expression) => onChange({ ...rule, expression })}
    >
      {(type) => {
        const kind = type === undefined ? looseKind(rule.value) : kindOf({ name: '', type });
        return (
          <>
            <Operator
              rule={rule}
              kind={kind}
              onChange={onChange}
              operators={operatorsOfType(type)}
            />
            <ValueOf scope={scope} rule={rule} kind={kind} onChange={onChange} />
          </>
        );
      }}
    </ExpressionField>
  );
}

/** As long as the type of an expression is not known, the value that stands there tells. */
function looseKind(value: unknown): ColumnKind {
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'text';
}

function Filter({ scope, rule, onChange }: RowProps) {
  const filter = scope.filters.find(({ name }) => name === rule.filter);
  const parameters = Object.entries(filter?.parameters ?? {});
  return parameters.map(([name, { type, label, values = [] }]) => (
    <label key={name} className={classes.parameter}>
      <span>{label ?? name}</span>
      <ValueEditor
        kind={kindOf({ name, type, values })}
        choices={values}
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

function Membership({ rule, onChange }: RowProps) {
  const isAudience = rule.audience !== undefined;
  return (
    <Select
      size="xs"
      w={190}
      aria-label={t('rules.operator')}
      allowDeselect={false}
      data={[
        { value: 'in', label: isAudience ? t('rules.inAudience') : t('rules.inPopulation') },
        {
          value: 'notIn',
          label: isAudience ? t('rules.notInAudience') : t('rules.notInPopulation'),
        },
      ]}
      value={rule.operator ?? 'in'}
      onChange={(operator) => operator !== null && onChange({ ...rule, operator })}
    />
  );
}
