import { Select } from '@mantine/core';
import type { RuleAggregate, RulePick } from '@/api/types';
import { t } from '@/i18n';
import { ExpressionField } from '@/rules/ExpressionField';
import { fieldChoices } from '@/rules/fields';
import { Operator, ValueOf, type RowProps } from '@/rules/RuleRow';
import { columnsOf, follow, kindOf, type ColumnKind, type Scope } from '@/rules/scope';
import { ValueEditor } from '@/rules/ValueEditor';
import { FieldPicker } from '@/ui/FieldPicker';
import classes from '@/rules/rules.module.css';

const MODES = ['some', 'none', 'all', 'atLeast', 'atMost', 'exactly'] as const;
const WITH_THRESHOLD = new Set<string>(['atLeast', 'atMost', 'exactly']);

/** How many linked rows there have to be. */
export function Related({ rule, onChange }: RowProps) {
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

/** A figure of linked rows, and what it is compared with. */
export function Aggregate({ scope, rule, onChange }: RowProps) {
  const inner = follow(scope, rule.field ?? '')?.scope;
  const aggregate = rule.aggregate ?? { function: 'count' };
  const kind = kindOfFigure(inner, aggregate);
  return (
    <>
      {inner !== undefined && (
        <Figure
          scope={inner}
          aggregate={aggregate}
          onChange={(next) => onChange({ ...rule, aggregate: next })}
        />
      )}
      <Operator rule={rule} kind={kind} onChange={onChange} />
      <ValueOf scope={scope} rule={rule} kind={kind} onChange={onChange} />
    </>
  );
}

const FUNCTIONS = ['count', 'countDistinct', 'sum', 'avg', 'min', 'max', 'stddev'] as const;
const NUMERIC = new Set(['sum', 'avg', 'stddev']);

/** Which figure: a function of a column, or an expression with aggregates of its own. */
export function Figure({
  scope,
  aggregate,
  onChange,
}: {
  scope: Scope;
  aggregate: RuleAggregate;
  onChange: (aggregate: RuleAggregate) => void;
}) {
  const { function: name, field, expression } = aggregate;
  const own = name === undefined && expression !== undefined;
  const isNumeric = NUMERIC.has(name ?? '');
  const columns = columnsOf(scope).filter((each) => !isNumeric || kindOf(each) === 'number');
  const offered = new Set(columns.map((each) => each.name));
  const choose = (next: string | null) => {
    if (next === null) return;
    if (next === 'own') onChange({ expression: expression ?? '' });
    else if (next === 'count') onChange({ function: next });
    else onChange({ function: next, field: field ?? '' });
  };
  return (
    <>
      <Select
        size="xs"
        w={150}
        aria-label={t('rules.figure')}
        allowDeselect={false}
        data={[
          ...FUNCTIONS.map((value) => ({ value, label: t(`aggregate.${value}`) })),
          { value: 'own', label: t('rules.ownFigure') },
        ]}
        value={own ? 'own' : (name ?? 'count')}
        onChange={choose}
      />
      {own && (
        <ExpressionField
          scope={scope}
          aggregates
          label={t('rules.ownFigure')}
          placeholder="sum(total) / count(*)"
          value={expression}
          onChange={(next) => onChange({ expression: next })}
        />
      )}
      {!own && name !== 'count' && (
        <FieldPicker
          label={t('rules.figureOf')}
          quiet
          width={150}
          placeholder={t('rules.column')}
          choices={fieldChoices(scope, 0).filter(({ path }) => offered.has(path))}
          value={field}
          onChange={(next) => onChange({ ...aggregate, field: next ?? '' })}
        />
      )}
    </>
  );
}

function kindOfFigure(
  scope: Scope | undefined,
  { function: name, field }: RuleAggregate,
): ColumnKind {
  if (name !== 'min' && name !== 'max') return 'number';
  return kindOf(
    scope === undefined ? undefined : columnsOf(scope).find((each) => each.name === field),
  );
}

/** Which linked rows are looked at: the first so many by an order. */
export function Pick({ scope, rule, onChange }: RowProps) {
  const inner = follow(scope, rule.field ?? '')?.scope;
  const { pick } = rule;
  if (inner === undefined || pick === undefined) return null;
  const set = (fields: Partial<RulePick>) => onChange({ ...rule, pick: { ...pick, ...fields } });
  return (
    <div className={classes.pick} role="group" aria-label={t('rules.pick')}>
      <span className={classes.muted}>{t('rules.pickOnly')}</span>
      <ValueEditor
        kind="number"
        operator="="
        source="value"
        label={t('rules.pickCount')}
        value={pick.n ?? 1}
        onChange={(n) => set({ n: Math.max(1, Number(n ?? 1)) })}
      />
      <span className={classes.muted}>{t('rules.pickBy')}</span>
      <FieldPicker
        label={t('rules.pickColumn')}
        quiet
        width={150}
        choices={fieldChoices(inner, 0)}
        value={pick.by}
        onChange={(by) => by !== undefined && set({ by })}
      />
      <Select
        size="xs"
        w={150}
        aria-label={t('rules.pickOrder')}
        allowDeselect={false}
        data={[
          { value: 'descending', label: t('rules.greatestFirst') },
          { value: 'ascending', label: t('rules.leastFirst') },
        ]}
        value={pick.order ?? 'ascending'}
        onChange={(order) => order !== null && set({ order: order as 'ascending' })}
      />
    </div>
  );
}
