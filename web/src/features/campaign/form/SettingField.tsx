import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useCampaignDocuments } from '@/api/campaigns';
import {
  answersOf,
  earlierAt,
  fileNames,
  linkPaths,
  textNames,
  variablesAt,
} from '@/features/campaign/form/choices';
import { ColumnsField } from '@/features/campaign/form/ColumnsField';
import {
  AggregateSetting,
  ExpressionSetting,
  LinkField,
  PathField,
  PathsField,
  SortField,
  ValueOfRow,
  ValuesOfRow,
} from '@/features/campaign/form/FieldFields';
import { FileField } from '@/features/campaign/form/FileField';
import {
  AllOrChosen,
  ColumnTypeField,
  NameField,
  NamesField,
  NewNameField,
  PortField,
  TimeZoneField,
  withOwn,
} from '@/features/campaign/form/NameFields';
import { arrivalsAt, mainArrival, scopeFor, type Known } from '@/features/campaign/form/scopes';
import { UntilField } from '@/features/campaign/form/UntilField';
import type { Choice, Names } from '@/features/campaign/form/useKnown';
import { EmailLine } from '@/features/campaign/panels/EmailLine';
import { t } from '@/i18n';
import { ValueField } from '@/rules/ValueField';
import { asObject, resolve, type Schema } from '@/ui/form/schema';
import type { FieldProps, RowsMark } from '@/ui/form/SchemaForm';
import { humanize } from '@/ui/format';

export interface SettingContext {
  known: Known;
  names: Names;
  /** Draws a rule over the rows that a mark says. */
  rule: (field: FieldProps, rows: RowsMark | undefined) => ReactNode;
}

/** A setting as its mark in the schema wants it; `undefined` leaves it to the form. */
export function settingField(field: FieldProps, context: SettingContext): ReactNode {
  const schema = resolve(field.schema, field.form.root);
  const mark = markOf(schema, field.form.root);
  const { known, names } = context;
  const isList = hasType(schema, 'array');
  const scope = () => scopeFor(known, field.form.rows);
  switch (mark) {
    case 'rule':
      return context.rule(field, field.form.rows);
    case 'dimension':
    case 'channel':
    case 'content':
    case 'campaign':
    case 'table':
    case 'audience':
      return <NameField {...field} data={names[mark]} />;
    case 'new-audience':
      return <NewNameField {...field} data={names.audience} />;
    case 'inbound':
      return populations(field, isList, arrivalsOf(known));
    case 'earlier':
      return populations(field, isList, earlierAt(known));
    case 'variable':
      return <NameField {...field} data={variablesAt(known)} />;
    case 'parameter':
      return <ParameterField {...field} />;
    case 'answer':
      return <NameField {...field} data={answersOf(known.activity)} />;
    case 'port':
      return <PortField {...field} />;
    case 'field':
      if (isList) return <ValuesOfRow {...field} scope={scope()} />;
      if (schema.anyOf === undefined) return <PathField {...field} scope={scope()} />;
      return <ValueOfRow {...field} scope={scope()} oneText={false} />;
    case 'operand':
      return <ValueOfRow {...field} scope={scope()} oneText />;
    case 'expression':
      return <ExpressionSetting {...field} scope={scope()} />;
    case 'column':
      return <PathField {...field} scope={scope()} depth={0} />;
    case 'columns':
      return nullable(schema, field, (inner, quiet) => (
        <ColumnsField {...inner} quiet={quiet} scope={scope()} />
      ));
    case 'carried':
      return nullable(schema, field, (inner, quiet) => (
        <PathsField {...inner} quiet={quiet} choices={carriedBy(known)} />
      ));
    case 'link':
      return <LinkField {...field} data={linksFor(field, known)} />;
    case 'target':
      return <TargetField {...field} tables={names.table} sets={arrivalsOf(known)} />;
    case 'aggregate':
      return <AggregateSetting {...field} scope={scope()} />;
    case 'sort':
      return <SortField {...field} scope={scope()} flat={isFlat(schema, field.form.root)} />;
    case 'value':
      return <ValueField {...plain(field)} many={isList} />;
    case 'moment':
      return <ValueField {...plain(field)} kind="timestamp" />;
    case 'until':
      return <UntilField {...field} />;
    case 'template':
      return template(field, textNames(known));
    case 'file':
      return <FileField {...field} />;
    case 'file-name':
      return template(field, fileNames(known));
    case 'time-zone':
      return <TimeZoneField {...field} />;
    case 'column-type':
      return <ColumnTypeField {...field} />;
    default:
      return undefined;
  }
}

/** The mark of a value; on a list it may stand on the entries. */
function markOf(schema: Schema, root: Schema): string | undefined {
  const own = schema['x-tutti-editor'];
  if (own !== undefined || !hasType(schema, 'array') || typeof schema.items !== 'object')
    return own;
  const items = resolve(schema.items, root);
  // Rules and values have forms of their own, which a list of them repeats.
  return items['x-tutti-editor'] === 'field' ? 'field' : undefined;
}

function hasType({ type }: Schema, wanted: string): boolean {
  return Array.isArray(type) ? type.includes(wanted) : type === wanted;
}

/** A list that is all there is when it is absent, which is more than nothing. */
function nullable(
  schema: Schema,
  field: FieldProps,
  list: (field: FieldProps, quiet: boolean) => ReactNode,
): ReactNode {
  if (!hasType(schema, 'null')) return list(field, false);
  const inside = { ...field, required: true, help: undefined };
  return <AllOrChosen {...field}>{list(inside, true)}</AllOrChosen>;
}

function populations(field: FieldProps, isList: boolean, data: { value: string; label: string }[]) {
  return isList ? <NamesField {...field} data={data} /> : <NameField {...field} data={data} />;
}

function arrivalsOf(known: Known) {
  return arrivalsAt(known).map(({ from, label }) => ({ value: from, label }));
}

/** The columns that the rows carry which arrive. */
function carriedBy(known: Known) {
  const added = mainArrival(known)?.shape?.added ?? [];
  return added.map(({ name, label }) => ({ value: name, label: label ?? humanize(name) }));
}

/** The links that lead where the setting needs them to: to the own dimension, to the set beside, to many rows. */
function linksFor({ form, beside, value }: FieldProps, known: Known) {
  const scope = scopeFor(known, form.rows);
  const { activity } = known;
  const goal =
    typeof beside.set === 'string'
      ? scopeFor(known, { of: 'set', beside })?.table
      : known.dimensions.find(({ name }) => name === activity.dimension)?.table;
  const isFigure = beside.collect !== undefined || beside.aggregate !== undefined;
  const offered = linkPaths(scope, (table, toMany) => {
    if (goal !== undefined) return table === goal;
    return isFigure ? toMany : true;
  });
  // What is set is called by its name, wherever it leads.
  return [...offered, ...linkPaths(scope, () => true).filter((link) => link.value === value)];
}

/** Whether orders have their field beside them, as those of files do. */
function isFlat(schema: Schema, root: Schema): boolean {
  const { items } = schema;
  return typeof items === 'object' && resolve(items, root).properties?.field !== undefined;
}

function plain({ label, help, error, required, value, onChange }: FieldProps) {
  return { label, help, error, required, value, onChange };
}

function template(field: FieldProps, fields: ReturnType<typeof textNames>): ReactNode {
  const { path, label, help, required, value, onChange, error } = field;
  return (
    <EmailLine
      label={label}
      help={help}
      required={required}
      long={path.at(-1) === 'message'}
      fields={fields}
      error={error}
      value={typeof value === 'string' ? value : ''}
      onWrite={(text) => onChange(text === '' && !required ? undefined : text)}
    />
  );
}

/** Where a link leads: to a table, or to a population that arrives. */
function TargetField({
  tables,
  sets,
  ...field
}: FieldProps & { tables: Choice[]; sets: Choice[] }) {
  const { table, transition } = asObject(field.value);
  const group = (kind: string, list: Choice[], own: unknown) =>
    withOwn(list, typeof own === 'string' ? [own] : []).map(({ value, label }) => ({
      value: `${kind} ${value}`,
      label,
    }));
  const chosen = typeof table === 'string' ? `table ${table}` : `transition ${String(transition)}`;
  return (
    <Select
      size="xs"
      label={field.label}
      description={field.help}
      error={field.error ?? field.form.errorAt([...field.path, 'table'])}
      withAsterisk={field.required}
      searchable
      allowDeselect={false}
      placeholder={t('form.choose')}
      nothingFoundMessage={t('form.nothing')}
      data={[
        { group: t('target.tables'), items: group('table', tables, table) },
        { group: t('target.populations'), items: group('transition', sets, transition) },
      ]}
      value={table === undefined && transition === undefined ? null : chosen}
      onChange={(next) => {
        const [kind = '', name = ''] = (next ?? '').split(' ');
        if (name !== '') field.onChange({ [kind]: name });
      }}
    />
  );
}

/** A parameter of the campaign that is signalled. */
function ParameterField(props: FieldProps) {
  const { campaign } = props.beside;
  const documents = useCampaignDocuments(typeof campaign === 'string' ? [campaign] : []);
  const { parameters } = asObject(documents[0]?.schedule);
  const data = (Array.isArray(parameters) ? (parameters as unknown[]) : []).flatMap((each) => {
    const { name, label } = asObject(each);
    if (typeof name !== 'string') return [];
    return [{ value: name, label: typeof label === 'string' ? label : humanize(name) }];
  });
  return <NewNameField {...props} data={data} />;
}
