import { NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { tMaybe, tServer } from '@/i18n';
import { AnyField } from '@/ui/form/AnyField';
import { DurationField } from '@/ui/form/DurationField';
import { ListField } from '@/ui/form/ListField';
import { MapField } from '@/ui/form/MapField';
import { fieldName } from '@/ui/form/names';
import { ObjectField, VariantsField } from '@/ui/form/ObjectField';
import {
  fieldOf,
  plainFieldOf,
  resolve,
  withField,
  type Field,
  type Schema,
} from '@/ui/form/schema';
import { humanize } from '@/ui/format';
import classes from '@/ui/form/form.module.css';

/** One value of a form with all that is known of it. */
export interface FieldProps {
  /** The names of the way from the form to here. */
  path: string[];
  label: string;
  help: string | undefined;
  schema: Schema;
  required: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | undefined;
  form: FormContext;
  /** The object that it stands in. */
  beside: Record<string, unknown>;
}

/** Whose fields a part of the form is about, and the object that its settings are in that say so. */
export interface RowsMark {
  of: string;
  beside: Record<string, unknown>;
}

export interface FormContext {
  /** What the form is about, where fields of a name are called otherwise in one. */
  of?: string;
  root: Schema;
  /** A part of one's own for a value; `undefined` leaves it to the form. */
  custom: (props: FieldProps) => ReactNode;
  /** What is wrong with the value at a path. */
  errorAt: (path: string[]) => string | undefined;
  rows?: RowsMark;
}

interface Props extends FormContext {
  schema: Schema;
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>, path: string[]) => void;
  /** Fields that are drawn elsewhere. */
  omit?: string[];
}

/** A form for an object, drawn from its JSON Schema. */
export function SchemaForm({ schema, value, onChange, omit = [], ...form }: Props) {
  return (
    <div className={classes.form}>
      <Properties
        schema={schema}
        path={[]}
        value={value}
        onChange={onChange}
        omit={omit}
        form={form}
      />
    </div>
  );
}

interface PropertiesProps {
  schema: Schema;
  path: string[];
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>, path: string[]) => void;
  omit?: string[];
  form: FormContext;
}

export function Properties({ schema, path, value, onChange, omit = [], form }: PropertiesProps) {
  const { properties = {}, required = [] } = resolve(schema, form.root);
  return Object.entries(properties)
    .filter(([name]) => !omit.includes(name))
    .map(([name, part]) => {
      const inner = [...path, name];
      const resolved = resolve(part, form.root);
      return (
        <FormField
          key={name}
          path={inner}
          label={fieldLabel(inner, resolved, form.of)}
          help={tServer(resolved.description)}
          schema={part}
          required={required.includes(name)}
          value={value[name]}
          onChange={(next) => onChange(withField(value, name, next), inner)}
          error={form.errorAt(inner)}
          form={form}
          beside={value}
        />
      );
    });
}

/** Words for a field: those for it where it stands, those for its name, the schema's, else its name. */
export function fieldLabel(path: string[], schema: Schema, of = ''): string {
  const [name = '', parent = of] = path.filter((part) => !/^\d+$/.test(part)).reverse();
  return fieldName(name, parent) ?? schema.title ?? humanize(name);
}

export function choiceLabel(value: unknown): string {
  return tMaybe('choice', String(value)) ?? humanize(String(value));
}

export function FormField(given: FieldProps): ReactNode {
  const { form, beside } = given;
  const of = resolve(given.schema, form.root)['x-tutti-rows'];
  const props = of === undefined ? given : { ...given, form: { ...form, rows: { of, beside } } };
  const field = fieldOf(props.schema, form.root);
  return form.custom(props) ?? <PlainField {...props} field={field} />;
}

function PlainField({ field, ...props }: FieldProps & { field: Field }): ReactNode {
  switch (field.kind) {
    case 'choice':
      return <ChoiceField {...props} field={field} />;
    case 'text':
      return <TextField {...props} />;
    case 'number':
      return <NumberField {...props} field={field} />;
    case 'switch':
      return <SwitchField {...props} />;
    case 'list':
      return <ListField {...props} items={field.items} />;
    case 'object':
      return <ObjectField {...props} />;
    case 'variants':
      return <VariantsField {...props} field={field} />;
    case 'map':
      return <MapField {...props} field={field} />;
    case 'editor': {
      if (field.editor === 'duration') return <DurationField {...props} />;
      const plain = plainFieldOf(props.schema, props.form.root);
      return <PlainField {...props} field={plain} />;
    }
    case 'any':
      return <AnyField {...props} />;
  }
}

function ChoiceField(props: FieldProps & { field: Extract<Field, { kind: 'choice' }> }) {
  const { label, help, required, value, onChange, error, field, form } = props;
  const fallback = resolve(props.schema, form.root).default;
  const shown = value ?? fallback;
  const about = tServer(field.choices.find((choice) => choice.value === shown)?.description);
  const few = field.choices.length <= 3 && field.choices.length > 1 && shown !== undefined;
  const pick = (next: string | null) => {
    const choice = field.choices.find((each) => String(each.value) === next);
    onChange(choice?.value === fallback && !required ? undefined : choice?.value);
  };
  const data = field.choices.map((choice) => ({
    value: String(choice.value),
    label: choiceLabel(choice.value),
  }));
  if (few && data.every((each) => each.label.length < 18)) {
    return (
      <div>
        <span className={classes.label}>{label}</span>
        <SegmentedControl
          aria-label={label}
          size="xs"
          fullWidth
          data={data}
          value={String(shown)}
          onChange={pick}
        />
        <p className={classes.help}>{about ?? help}</p>
        {error !== undefined && <p className={classes.error}>{error}</p>}
      </div>
    );
  }
  return (
    <Select
      label={label}
      description={about ?? help}
      data={data}
      value={shown === undefined || shown === null ? null : String(shown)}
      onChange={pick}
      clearable={!required && fallback === undefined}
      allowDeselect={false}
      error={error}
      size="xs"
    />
  );
}

/** Longer texts have more room. */
const LONG = new Set([
  'html',
  'text',
  'notes',
  'message',
  'body',
  'mjml',
  'template',
  'description',
]);

function TextField({ path, label, help, required, value, onChange, error }: FieldProps) {
  const shared = {
    label,
    description: help,
    error,
    size: 'xs' as const,
    withAsterisk: required,
    value:
      typeof value === 'string'
        ? value
        : value === undefined || value === null
          ? ''
          : String(value),
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      onChange(currentTarget.value === '' && !required ? undefined : currentTarget.value),
  };
  if (LONG.has(path.at(-1) ?? '')) {
    return <Textarea {...shared} autosize minRows={3} maxRows={14} spellCheck={false} />;
  }
  return <TextInput {...shared} />;
}

function NumberField(props: FieldProps & { field: Extract<Field, { kind: 'number' }> }) {
  const { label, help, required, value, onChange, error, field, form } = props;
  const fallback = resolve(props.schema, form.root).default;
  return (
    <NumberInput
      label={label}
      description={help}
      error={error}
      size="xs"
      withAsterisk={required}
      allowDecimal={!field.whole}
      min={field.min}
      max={field.max}
      placeholder={fallback === undefined || fallback === null ? undefined : String(fallback)}
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
    />
  );
}

function SwitchField({ label, help, schema, value, onChange, error, form }: FieldProps) {
  const fallback = resolve(schema, form.root).default === true;
  const on = typeof value === 'boolean' ? value : fallback;
  return (
    <Switch
      label={label}
      description={help}
      error={error}
      size="sm"
      checked={on}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.checked === fallback ? undefined : currentTarget.checked)
      }
    />
  );
}
