import { Autocomplete, Select, TagsInput } from '@mantine/core';
import { useMemo, type ReactNode } from 'react';
import { useDocuments } from '@/api/documents';
import type { ActivityDocument, ActivityKind } from '@/api/types';
import { updateActivity } from '@/canvas/edit/document';
import { populationsBefore } from '@/canvas/edit/upstream';
import { activityLabel } from '@/canvas/edit/words';
import { EmailPanel } from '@/features/campaign/panels/EmailPanel';
import { EnrichmentPanel } from '@/features/campaign/panels/EnrichmentPanel';
import { SplitPanel } from '@/features/campaign/panels/SplitPanel';
import { WaitPanel } from '@/features/campaign/panels/WaitPanel';
import { RuleField, useScope, type RuleSubject } from '@/features/campaign/RuleField';
import { settingOf } from '@/features/campaign/setting';
import { useArrival, type Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import { reachablePaths, type Scope } from '@/rules/scope';
import { asObject, resolve, type Schema } from '@/ui/form/schema';
import { SchemaForm, type FieldProps } from '@/ui/form/SchemaForm';

export interface FormProps {
  editor: Editor;
  activity: ActivityDocument;
  kind: ActivityKind;
  errorAt: (path: string[]) => string | undefined;
}
export interface PanelProps extends FormProps {
  /** Sets fields of the activity; `undefined` takes one away. */
  set: (fields: Record<string, unknown>, word?: string) => void;
  /** Draws the fields of the schema that a panel does not draw by itself. */
  rest: (omit: string[]) => ReactNode;
  /** Field paths of what arrives. */
  paths: string[];
  dimension: string | undefined;
  /** What rules and expressions can speak of; `undefined` while it is not known. */
  scope: Scope | undefined;
  /** Draws one rule of the activity. */
  rule: (props: RuleSlot) => ReactNode;
}
interface RuleSlot {
  label: string;
  help?: string | undefined;
  path: string[];
  /** The link over whose rows the rule is; over those that arrive without one. */
  link?: string | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** Kinds that have a panel of their own. */
const PANELS: Record<string, (props: PanelProps) => ReactNode> = {
  split: SplitPanel,
  email: EmailPanel,
  enrichment: EnrichmentPanel,
  wait: WaitPanel,
};
/** What every activity has, drawn elsewhere in the panel. */
const COMMON = ['id', 'type', 'label', 'notes', 'enabled', 'breakpoint'];

/** The settings of an activity: its own panel where there is one, else a form from its schema. */
export function ActivityForm(props: FormProps) {
  const { editor, activity, kind, errorAt } = props;
  const about = useSubject(editor, activity.id);
  const { dimension } = about;
  const scope = useScope(about);
  const paths = useMemo(() => (scope === undefined ? [] : reachablePaths(scope)), [scope]);
  const names = useNames();
  const set: PanelProps['set'] = (fields, word) =>
    editor.change((former) => updateActivity(former, activity.id, fields), word);
  const rule = ({ label, help, path, link, value, onChange }: RuleSlot) => (
    <RuleField
      key={path.join('.')}
      label={label}
      help={help}
      about={about}
      link={link}
      value={value}
      error={errorAt(path)}
      onChange={onChange}
    />
  );
  const custom = (field: FieldProps): ReactNode => {
    const editorName = resolve(field.schema, field.form.root)['x-tutti-editor'];
    const { label, help, path, value, onChange } = field;
    if (editorName === 'rule') return rule({ label, help, path, value, onChange });
    return choiceField(field, { names, paths, inbound: inboundOf(editor, activity.id) });
  };
  const rest = (omit: string[]) => (
    <SchemaForm
      of={activity.type}
      schema={kind.settings_schema}
      root={kind.settings_schema}
      value={activity}
      omit={[...COMMON, ...omit]}
      custom={custom}
      errorAt={errorAt}
      onChange={(next, path) => {
        const [name = ''] = path;
        set({ [name]: next[name] }, `${activity.id} ${path.join('.')}`);
      }}
    />
  );
  const Own = PANELS[activity.type];
  if (Own !== undefined) {
    return <Own {...props} {...{ set, rest, paths, dimension, scope, rule }} />;
  }
  if (Object.keys(kind.settings_schema.properties ?? {}).length === 0) {
    return (
      <p style={{ margin: 0, color: 'var(--t-muted)', fontSize: 13 }}>{t('panel.nothingToSet')}</p>
    );
  }
  return rest([]);
}

/** What rules of an activity can speak of. */
function useSubject(editor: Editor, id: string): RuleSubject {
  const { dimension, added } = useArrival(editor, id);
  const { document } = editor;
  return useMemo(
    () => ({
      dimension,
      added,
      populations: populationsBefore(document, id),
      setting: settingOf(document),
    }),
    [dimension, added, document, id],
  );
}

type Names = Record<
  'dimension' | 'channel' | 'content' | 'campaign',
  { value: string; label: string }[]
>;

function useNames(): Names {
  const dimension = useChoices('dimension');
  const channel = useChoices('channel');
  const content = useChoices('content');
  const campaign = useChoices('campaign');
  return { dimension, channel, content, campaign };
}

function useChoices(kind: string) {
  const { data = [] } = useDocuments(kind);
  return data.map(({ name, label }) => ({ value: name, label: label ?? name }));
}

/** Settings that name a document, by what they are called. */
const DOCUMENTS: Record<string, keyof Names> = {
  dimension: 'dimension',
  to_dimension: 'dimension',
  channel: 'channel',
  content: 'content',
  campaign: 'campaign',
};
const FIELD_NAMES = new Set([
  'field',
  'by',
  'expression',
  'non_empty',
  'date_field',
  'order_by',
  'path',
]);
const FIELD_LISTS = new Set(['by', 'columns', 'attributes', 'match_on', 'fields', 'keys']);
const INBOUND = new Set(['primary']);

/** Names of documents, fields and transitions are chosen, not typed. */
function choiceField(
  field: FieldProps,
  known: { names: Names; paths: string[]; inbound: { value: string; label: string }[] },
): ReactNode {
  const schema = resolve(field.schema, field.form.root);
  const name = [...field.path].reverse().find((part) => !/^\d+$/.test(part)) ?? '';
  const marked = schema['x-tutti-editor'];
  const isText =
    schema.type === 'string' || (Array.isArray(schema.type) && schema.type.includes('string'));
  if (schema.enum !== undefined || schema.oneOf !== undefined) return undefined;
  const list = DOCUMENTS[marked ?? name];
  if (isText && list !== undefined) return <NameField {...field} data={known.names[list]} />;
  if (isText && INBOUND.has(name)) return <NameField {...field} data={known.inbound} />;
  const writes = takesExpressions(schema, field.form.root);
  if ((isText || writes) && (marked === 'field' || FIELD_NAMES.has(name))) {
    return <PathField {...field} paths={known.paths} expressions={writes} />;
  }
  const items =
    typeof schema.items === 'object' ? resolve(schema.items, field.form.root) : undefined;
  if (schema.type === 'array' && FIELD_LISTS.has(name) && items !== undefined) {
    const expressions = takesExpressions(items, field.form.root);
    if (items.type === 'string' || expressions) {
      return <PathsField {...field} paths={known.paths} expressions={expressions} />;
    }
  }
  return undefined;
}

/** Whether a value is a field path or `{expression}`. */
function takesExpressions({ anyOf, oneOf }: Schema, root: Schema): boolean {
  const options = (anyOf ?? oneOf ?? []).map((option) => resolve(option, root));
  return (
    options.some(({ type }) => type === 'string') &&
    options.some(({ properties = {} }) => Object.keys(properties).join() === 'expression')
  );
}

function NameField({
  label,
  help,
  required,
  value,
  onChange,
  error,
  data,
}: FieldProps & { data: { value: string; label: string }[] }) {
  const current = typeof value === 'string' && value !== '' ? value : null;
  const known = data.some((each) => each.value === current);
  return (
    <Select
      size="xs"
      label={label}
      description={help}
      error={error}
      searchable
      clearable={!required}
      withAsterisk={required}
      placeholder={t('form.choose')}
      nothingFoundMessage={t('form.nothing')}
      data={known || current === null ? data : [...data, { value: current, label: current }]}
      value={current}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}

function PathField({
  label,
  help,
  required,
  value,
  onChange,
  error,
  paths,
  expressions,
}: FieldProps & { paths: string[]; expressions: boolean }) {
  return (
    <Autocomplete
      size="xs"
      label={label}
      description={help}
      error={error}
      withAsterisk={required}
      data={paths}
      limit={60}
      placeholder={expressions ? t('form.chooseFieldsOrWrite') : undefined}
      value={value === undefined || value === null ? '' : operandText(value)}
      onChange={(next) =>
        onChange(next === '' && !required ? undefined : expressions ? readOperand(next) : next)
      }
    />
  );
}

function PathsField({
  label,
  help,
  required,
  value,
  onChange,
  error,
  paths,
  expressions,
}: FieldProps & { paths: string[]; expressions: boolean }) {
  const values = Array.isArray(value) ? (value as unknown[]).map(operandText) : [];
  const placeholder = expressions ? t('form.chooseFieldsOrWrite') : t('form.chooseFields');
  return (
    <TagsInput
      size="xs"
      label={label}
      description={help}
      error={error}
      withAsterisk={required}
      data={paths}
      limit={60}
      splitChars={expressions ? [] : [',']}
      placeholder={values.length === 0 ? placeholder : undefined}
      value={values}
      onChange={(next) =>
        onChange(next.length === 0 && !required ? undefined : next.map((text) => readOperand(text)))
      }
    />
  );
}

/** An expression is written after `=`, as in a cell of a spreadsheet. */
function operandText(value: unknown): string {
  const { expression } = asObject(value);
  return typeof expression === 'string' ? `= ${expression}` : String(value);
}

function readOperand(text: string): unknown {
  return text.startsWith('=') ? { expression: text.slice(1).trimStart() } : text;
}

function inboundOf({ document }: Editor, id: string) {
  const labels = new Map(document.canvas.activities.map((each) => [each.id, activityLabel(each)]));
  return (document.canvas.transitions ?? [])
    .filter(({ to }) => to === id)
    .map(({ from }) => {
      const [activity = '', port] = from.split('.');
      const label = labels.get(activity) ?? activity;
      return { value: from, label: port === undefined ? label : `${label}, ${port}` };
    });
}
