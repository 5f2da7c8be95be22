import { Input, Select, TextInput } from '@mantine/core';
import type { RuleAggregate } from '@/api/types';
import { t } from '@/i18n';
import { ExpressionField } from '@/rules/ExpressionField';
import { fieldChoices } from '@/rules/fields';
import { Figure } from '@/rules/Linked';
import { isExpression, operandOf, operandText, readOperand, type Operand } from '@/rules/operand';
import { OperandField } from '@/rules/OperandField';
import type { Scope } from '@/rules/scope';
import { FieldPicker, FieldsPicker } from '@/ui/FieldPicker';
import { AddEntry, EntryButtons } from '@/ui/form/ListField';
import { asObject } from '@/ui/form/schema';
import type { FieldProps } from '@/ui/form/SchemaForm';
import type { Choice } from '@/features/campaign/form/useKnown';
import { readSorts, writeFlatSorts, writeSorts, type Sort } from '@/features/campaign/form/sorts';
import { withOwn } from '@/features/campaign/form/NameFields';
import classes from '@/features/campaign/editor.module.css';
import form from '@/ui/form/form.module.css';

type OfRows = FieldProps & { scope: Scope | undefined };

/** The path of a field; only columns of the rows themselves where links lead nowhere. */
export function PathField({ scope, depth, ...props }: OfRows & { depth?: number }) {
  const { label, help, required, value, onChange, error } = props;
  return (
    <FieldPicker
      label={label}
      help={help}
      error={error}
      required={required}
      clearable={!required}
      choices={fieldChoices(scope, depth)}
      value={typeof value === 'string' ? value : undefined}
      onChange={(path) => onChange(path ?? (required ? '' : undefined))}
    />
  );
}

interface ListedProps extends FieldProps {
  choices: Choice[];
  /** Whether the label is seen already. */
  quiet?: boolean;
}

/** Columns by their names: those that rows carry, or those of a table. */
export function PathsField({ choices, quiet = false, ...props }: ListedProps) {
  const { label, help, value, onChange, error } = props;
  return (
    <FieldsPicker
      label={label}
      quiet={quiet}
      help={help}
      error={error}
      choices={choices.map((each) => ({ path: each.value, label: each.label, way: [] }))}
      value={Array.isArray(value) ? (value as unknown[]).map(String) : []}
      onChange={onChange}
    />
  );
}

/** A field or an expression, as `{expression}` or, in `oneText`, as a text that is either. */
export function ValueOfRow({ scope, oneText, ...props }: OfRows & { oneText: boolean }) {
  const { label, help, required, value, onChange, error } = props;
  return (
    <OperandField
      label={label}
      help={help}
      error={error}
      required={required}
      scope={scope}
      value={oneText ? operandOf(value) : readOperand(value)}
      onChange={(next) => onChange(oneText && next !== undefined ? operandText(next) : next)}
    />
  );
}

/** Several fields, and expressions beside them. */
export function ValuesOfRow({ scope, ...props }: OfRows) {
  const { label, help, required, value, onChange, error, form: context, path } = props;
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  const operands = list.flatMap((each) => readOperand(each) ?? []);
  const places = list.flatMap((each, index) => (typeof each === 'string' ? [] : [index]));
  const fields = operands.filter((each): each is string => typeof each === 'string');
  const written = operands.filter(isExpression);
  const change = (next: Operand[]) => onChange(next.length === 0 && !required ? undefined : next);
  return (
    <div className={form.variants}>
      <FieldsPicker
        label={label}
        help={help}
        error={error}
        required={required}
        choices={fieldChoices(scope)}
        value={fields}
        onChange={(paths) => change([...paths, ...written])}
      />
      {written.map((operand, index) => (
        <div key={index} className={form.item}>
          <div className={form.itemBody}>
            <ExpressionLine
              label={t('operand.expressionOf', { label, n: index + 1 })}
              scope={scope}
              value={operand.expression}
              error={context.errorAt([...path, String(places[index])])}
              onChange={(expression) => change([...fields, ...written.with(index, { expression })])}
            />
          </div>
          <EntryButtons
            list={written}
            index={index}
            label={label}
            onChange={(next) => change([...fields, ...next])}
          />
        </div>
      ))}
      {scope !== undefined && (
        <AddEntry
          label={t('operand.addExpression')}
          onAdd={() => change([...fields, ...written, { expression: '' }])}
        />
      )}
    </div>
  );
}

/** An expression, with completion of what there is. */
export function ExpressionSetting({ scope, ...props }: OfRows) {
  const { label, help, required, value, onChange, error } = props;
  return (
    <Input.Wrapper
      size="xs"
      label={label}
      labelElement="div"
      description={help}
      error={error}
      withAsterisk={required}
    >
      <ExpressionLine
        label={label}
        scope={scope}
        value={typeof value === 'string' ? value : ''}
        onChange={(text) => onChange(text === '' && !required ? undefined : text)}
      />
    </Input.Wrapper>
  );
}

interface LineProps {
  label: string;
  scope: Scope | undefined;
  placeholder?: string;
  value: string;
  error?: string | undefined;
  onChange: (text: string) => void;
}

export function ExpressionLine({ label, scope, value, error, onChange, ...props }: LineProps) {
  if (scope === undefined) {
    return (
      <TextInput
        size="xs"
        aria-label={label}
        error={error}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  }
  return (
    <>
      <ExpressionField
        scope={scope}
        label={label}
        placeholder={props.placeholder ?? 'lower(email)'}
        value={value}
        onChange={onChange}
      />
      {error !== undefined && <p className={form.error}>{error}</p>}
    </>
  );
}

/** Which rows come first: by one field or several. */
export function SortField({ scope, flat, ...props }: OfRows & { flat: boolean }) {
  const { label, help, value, onChange, error, path, form: context } = props;
  const sorts = readSorts(value);
  const change = (next: Sort[]) => onChange(flat ? writeFlatSorts(next) : writeSorts(next));
  const errorOf = (index: number) => {
    const [at, part] = [String(index), flat ? 'field' : 'by'];
    const places = sorts.length === 1 && !flat ? [[part]] : [[at], [at, part], [at, 'expression']];
    return places.map((place) => context.errorAt([...path, ...place])).find(Boolean);
  };
  return (
    <SortList
      label={label}
      help={help}
      error={error}
      scope={scope}
      sorts={sorts}
      errorOf={errorOf}
      onChange={change}
    />
  );
}

interface SortProps {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  /** What is done where no order is given. */
  without?: string;
  scope: Scope | undefined;
  sorts: Sort[];
  errorOf?: (index: number) => string | undefined;
  onChange: (sorts: Sort[]) => void;
}

export function SortList({ label, help, error, without, scope, sorts, ...props }: SortProps) {
  const { errorOf, onChange } = props;
  return (
    <div className={classes.sorts} role="group" aria-label={label}>
      <span className={classes.fieldLabel}>{label}</span>
      {help !== undefined && <p className={classes.fieldHelp}>{help}</p>}
      {error !== undefined && <p className={classes.fieldError}>{error}</p>}
      {sorts.length === 0 && without !== undefined && (
        <span className={classes.fieldHelp}>{without}</span>
      )}
      {sorts.map(({ by, descending }, index) => (
        <div key={index} className={classes.sort}>
          <OperandField
            label={t('sort.by', { n: index + 1, label })}
            quiet
            required
            error={errorOf?.(index)}
            scope={scope}
            value={by}
            onChange={(next) => onChange(sorts.with(index, { by: next, descending }))}
          />
          <div className={classes.sortOrder}>
            <Select
              size="xs"
              aria-label={t('sort.order', { n: index + 1, label })}
              allowDeselect={false}
              data={[
                { value: 'ascending', label: t('choice.ascending') },
                { value: 'descending', label: t('choice.descending') },
              ]}
              value={descending ? 'descending' : 'ascending'}
              onChange={(next) =>
                onChange(sorts.with(index, { by, descending: next === 'descending' }))
              }
            />
            <EntryButtons list={sorts} index={index} label={label} onChange={onChange} />
          </div>
        </div>
      ))}
      <AddEntry
        label={sorts.length === 0 ? t('sort.add') : t('sort.addMore')}
        onAdd={() => onChange([...sorts, { by: '', descending: false }])}
      />
    </div>
  );
}

/** The path of a link, by what the links on the way are called. */
export function LinkField({ data, ...props }: FieldProps & { data: Choice[] }) {
  const { label, help, required, value, onChange, error } = props;
  const link = typeof value === 'string' && value !== '' ? value : undefined;
  return (
    <Select
      size="xs"
      label={label}
      description={help}
      error={error}
      withAsterisk={required}
      searchable
      clearable={!required}
      allowDeselect={false}
      placeholder={t('form.choose')}
      nothingFoundMessage={t('form.nothing')}
      data={withOwn(data, link === undefined ? [] : [link])}
      value={link ?? null}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

/** A figure of linked rows. */
export function AggregateSetting({ scope, ...props }: OfRows) {
  const { label, value, onChange } = props;
  if (scope === undefined) return <p className={classes.fieldHelp}>{t('form.chooseLinkFirst')}</p>;
  return (
    <div className={classes.row} role="group" aria-label={label}>
      <Figure
        scope={scope}
        aggregate={{ function: 'count', ...(asObject(value) as RuleAggregate) }}
        onChange={onChange}
      />
    </div>
  );
}
