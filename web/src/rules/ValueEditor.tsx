import { Autocomplete, MultiSelect, NumberInput, Select, TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useSuggestions, type FieldOf } from '@/api/questions';
import type { RuleCondition, RuleValueSource } from '@/api/types';
import { t } from '@/i18n';
import { ExpressionField } from '@/rules/ExpressionField';
import { fieldChoices } from '@/rules/fields';
import { Figure } from '@/rules/Linked';
import { Moment } from '@/rules/Moment';
import { follow, manyLinks, WITH_LIST, WITH_TWO, type ColumnKind, type Scope } from '@/rules/scope';
import { isPreset, presetWords } from '@/rules/presets';
import { FieldPicker } from '@/ui/FieldPicker';
import { humanize } from '@/ui/format';
import classes from '@/rules/rules.module.css';

interface Props {
  kind: ColumnKind;
  operator: string;
  source: RuleValueSource;
  value: unknown;
  onChange: (value: unknown) => void;
  choices?: string[] | undefined;
  scope?: Scope;
  /** The field that is compared, where its values can be suggested. */
  of?: FieldOf | undefined;
  label?: string;
  /** Whether it may be a span of time with a name. */
  spans?: boolean | undefined;
}

/** What a column is compared with. */
export function ValueEditor(props: Props) {
  const {
    kind,
    operator,
    source,
    value,
    onChange,
    choices,
    scope,
    label = t('rules.value'),
  } = props;
  if (source === 'field') {
    return (
      <FieldPicker
        label={label}
        quiet
        width={190}
        placeholder={t('rules.column')}
        choices={fieldChoices(scope)}
        value={typeof value === 'string' ? value : undefined}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  if (source === 'expression' && scope !== undefined) {
    return (
      <ExpressionField
        scope={scope}
        label={label}
        placeholder="days_ago(30)"
        value={typeof value === 'string' ? value : ''}
        onChange={onChange}
      />
    );
  }
  if (source === 'variable') {
    return (
      <Select
        size="xs"
        w={190}
        aria-label={label}
        placeholder={t('rules.choose')}
        data={Object.keys(scope?.setting.variables ?? {})}
        value={typeof value === 'string' && value !== '' ? value : null}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  if (source === 'aggregate' && scope !== undefined) {
    return <OtherFigure scope={scope} value={value} onChange={onChange} />;
  }
  if (WITH_LIST.has(operator)) return <List {...props} label={label} />;
  if (WITH_TWO.has(operator)) {
    const [low, high] = Array.isArray(value) ? (value as unknown[]) : [];
    return (
      <>
        <Single
          {...props}
          value={low}
          label={t('rules.from')}
          onChange={(next) => onChange([next, high])}
        />
        <span className={classes.muted}>{t('rules.to')}</span>
        <Single
          {...props}
          value={high}
          label={t('rules.until')}
          onChange={(next) => onChange([low, next])}
        />
      </>
    );
  }
  return (
    <Single
      kind={kind}
      operator={operator}
      source={source}
      value={value}
      onChange={onChange}
      choices={choices}
      of={props.of}
      label={label}
      spans={props.spans}
    />
  );
}

/** A figure of linked rows that another figure, or a field, is compared with. */
function OtherFigure({
  scope,
  value,
  onChange,
}: {
  scope: Scope;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { field = '', aggregate = { function: 'count' } } = (value ?? {}) as RuleCondition;
  const inner = follow(scope, field)?.scope;
  const links = manyLinks(scope).map(({ name }) => ({ value: name, label: humanize(name) }));
  const known = links.some((link) => link.value === field) || field === '';
  return (
    <>
      <Select
        size="xs"
        w={140}
        aria-label={t('rules.figureRows')}
        allowDeselect={false}
        data={known ? links : [...links, { value: field, label: field }]}
        value={field}
        onChange={(next) =>
          next !== null && onChange({ field: next, aggregate: { function: 'count' } })
        }
      />
      {inner !== undefined && (
        <Figure
          scope={inner}
          aggregate={aggregate}
          onChange={(next) => onChange({ ...(value as object), aggregate: next })}
        />
      )}
    </>
  );
}

function List({ kind, value, onChange, choices, label, of }: Props) {
  const [typed, setTyped] = useState('');
  const suggested = useTyped(kind === 'text' ? of : undefined, typed);
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const values = items.map((each) => (isPreset(each) ? presetWords(each) : String(each)));
  const itemOf = (text: string) =>
    items.find((each) => isPreset(each) && presetWords(each) === text);
  const take = (next: string[]) =>
    onChange(
      kind === 'number'
        ? next.map(Number).filter((each) => !Number.isNaN(each))
        : next.map((text) => itemOf(text) ?? text),
    );
  const shared = {
    size: 'xs' as const,
    miw: 190,
    'aria-label': label,
    value: values,
    onChange: take,
  };
  if (choices !== undefined && choices.length > 0) {
    return (
      <MultiSelect
        {...shared}
        data={[...new Set([...choices, ...values])]}
        placeholder={values.length === 0 ? t('rules.choose') : undefined}
      />
    );
  }
  return (
    <TagsInput
      {...shared}
      data={suggested}
      filter={({ options }) => options}
      onSearchChange={setTyped}
      placeholder={values.length === 0 ? t('rules.typeAndEnter') : undefined}
    />
  );
}

function Single(props: Props) {
  const { kind, value, onChange, choices, label } = props;
  if (kind === 'choice' && choices !== undefined) {
    const known = [
      ...new Set([...choices, ...(typeof value === 'string' && value ? [value] : [])]),
    ];
    return (
      <Select
        size="xs"
        w={150}
        aria-label={label}
        placeholder={t('rules.choose')}
        data={known}
        value={typeof value === 'string' && value !== '' ? value : null}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  switch (kind) {
    case 'number':
      return (
        <NumberInput
          size="xs"
          w={110}
          aria-label={label}
          value={typeof value === 'number' ? value : typeof value === 'string' ? value : ''}
          onChange={(next) => onChange(next === '' ? undefined : next)}
        />
      );
    case 'boolean':
      return (
        <Select
          size="xs"
          w={90}
          aria-label={label}
          allowDeselect={false}
          data={[
            { value: 'true', label: t('common.yes') },
            { value: 'false', label: t('common.no') },
          ]}
          value={String(value === true || value === 'true')}
          onChange={(next) => onChange(next === 'true')}
        />
      );
    case 'date':
    case 'timestamp':
      return <Moment {...props} />;
    case 'text':
    case 'choice':
      return <Text {...props} />;
  }
}

/** How long nothing is typed before values are asked for. */
const SETTLE_MS = 200;

/** Values of the field that fit what was typed. */
function useTyped(of: FieldOf | undefined, typed: string): string[] {
  const [settled] = useDebouncedValue(typed, SETTLE_MS);
  return useSuggestions(of, settled);
}

/** The operators of a text whose whole value is compared, so that a value can be suggested. */
const WHOLE = new Set(['=', '!=']);

function Text({ operator, value, onChange, label, of }: Props) {
  const [asked, setAsked] = useState(false);
  const text = value === undefined || value === null ? '' : String(value);
  const suggested = useTyped(asked && WHOLE.has(operator) ? of : undefined, text);
  return (
    <Autocomplete
      size="xs"
      style={{ flex: '0 1 200px' }}
      aria-label={label}
      data={suggested}
      filter={({ options }) => options}
      value={text}
      onFocus={() => setAsked(true)}
      onChange={onChange}
      comboboxProps={{ width: 240, position: 'bottom-start' }}
    />
  );
}
