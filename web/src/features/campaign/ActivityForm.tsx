import { useMemo, type ReactNode } from 'react';
import type { ActivityDocument, ActivityKind } from '@/api/types';
import { updateActivity } from '@/canvas/edit/document';
import { scopeFor, type Known } from '@/features/campaign/form/scopes';
import { settingField, type SettingContext } from '@/features/campaign/form/SettingField';
import { useKnown, useNamed } from '@/features/campaign/form/useKnown';
import { CombinePanel } from '@/features/campaign/panels/CombinePanel';
import { DeduplicationPanel } from '@/features/campaign/panels/DeduplicationPanel';
import { EmailPanel } from '@/features/campaign/panels/EmailPanel';
import { EnrichmentPanel } from '@/features/campaign/panels/EnrichmentPanel';
import { MatchPanel } from '@/features/campaign/panels/MatchPanel';
import { SplitPanel } from '@/features/campaign/panels/SplitPanel';
import { TestPanel } from '@/features/campaign/panels/TestPanel';
import { UpdatePanel } from '@/features/campaign/panels/UpdatePanel';
import { WaitPanel } from '@/features/campaign/panels/WaitPanel';
import { RuleField } from '@/features/campaign/RuleField';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import { fieldChoices } from '@/rules/fields';
import type { Scope } from '@/rules/scope';
import type { FieldChoice } from '@/ui/fieldChoices';
import { SchemaForm, type FormContext, type RowsMark } from '@/ui/form/SchemaForm';

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
  /** Draws these fields of the schema, in this order. */
  only: (names: string[]) => ReactNode;
  /** How the form draws what is inside of a setting. */
  form: FormContext;
  /** Where the activity stands, and what the installation has. */
  known: Known;
  /** What rules and expressions over the rows that arrive can speak of; `undefined` while it is not known. */
  scope: Scope | undefined;
  /** Fields of what arrives. */
  fields: FieldChoice[];
  /** Draws one rule of the activity. */
  rule: (props: RuleSlot) => ReactNode;
}
interface RuleSlot {
  label: string;
  help?: string | undefined;
  path: string[];
  /** The link over whose rows the rule is; over those that arrive without one. */
  link?: string | undefined;
  /** Whose rows it is about, where it is not those that arrive. */
  rows?: RowsMark | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** Kinds that have a panel of their own. */
const PANELS: Record<string, (props: PanelProps) => ReactNode> = {
  combine: CombinePanel,
  deduplication: DeduplicationPanel,
  email: EmailPanel,
  enrichment: EnrichmentPanel,
  reconciliation: MatchPanel,
  split: SplitPanel,
  test: TestPanel,
  'update-data': UpdatePanel,
  wait: WaitPanel,
};
/** What every activity has, drawn elsewhere in the panel. */
const COMMON = ['id', 'type', 'label', 'notes', 'enabled', 'breakpoint'];
/** Rules over these are about more than one row, or about rows that the server cannot count by themselves. */
const UNCOUNTED = new Set(['matched', 'linked', 'target', 'set', 'members', 'found', 'table']);

/** The settings of an activity: its own panel where there is one, else a form from its schema. */
export function ActivityForm(props: FormProps) {
  const { editor, activity, kind, errorAt } = props;
  const known = useKnown(editor, activity);
  const names = useNamed(known);
  const scope = useMemo(() => scopeFor(known, undefined), [known]);
  const fields = useMemo(() => fieldChoices(scope), [scope]);
  const set: PanelProps['set'] = (changed, word) =>
    editor.change((former) => updateActivity(former, activity.id, changed), word);
  const rule = ({ label, help, path, link, rows, value, onChange }: RuleSlot) => (
    <RuleField
      key={path.join('.')}
      label={label}
      help={help}
      scope={rows === undefined ? scope : scopeFor(known, rows)}
      link={link}
      ofPairs={rows !== undefined && UNCOUNTED.has(rows.of)}
      value={value}
      error={errorAt(path)}
      onChange={onChange}
    />
  );
  const context: SettingContext = {
    known,
    names,
    rule: ({ label, help, path, value, onChange }, rows) =>
      rule({ label, help, path, rows, value, onChange }),
  };
  const form: FormContext = {
    of: activity.type,
    root: kind.settings_schema,
    custom: (field) => settingField(field, context),
    errorAt,
  };
  const draw = (schema: ActivityKind['settings_schema'], omit: string[]) => (
    <SchemaForm
      {...form}
      schema={schema}
      value={activity}
      omit={omit}
      onChange={(next, path) => {
        const [name = ''] = path;
        set({ [name]: next[name] }, `${activity.id} ${path.join('.')}`);
      }}
    />
  );
  const rest = (omit: string[]) => draw(kind.settings_schema, [...COMMON, ...omit]);
  const only = (wanted: string[]) => {
    const { properties = {} } = kind.settings_schema;
    const chosen = wanted.flatMap((name) => {
      const property = properties[name];
      return property === undefined ? [] : [[name, property] as const];
    });
    return draw({ ...kind.settings_schema, properties: Object.fromEntries(chosen) }, []);
  };
  const Own = PANELS[activity.type];
  if (Own !== undefined) {
    return <Own {...props} {...{ set, rest, only, form, known, scope, fields, rule }} />;
  }
  if (Object.keys(kind.settings_schema.properties ?? {}).length === 0) {
    return (
      <p style={{ margin: 0, color: 'var(--t-muted)', fontSize: 13 }}>{t('panel.nothingToSet')}</p>
    );
  }
  return rest([]);
}
