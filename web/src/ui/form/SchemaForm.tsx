import {
  ActionIcon,
  Button,
  Fieldset,
  NumberInput,
  SegmentedControl,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { t, tMaybe, tServer } from '@/i18n';
import { fieldName } from '@/ui/form/names';
import {
  asObject,
  emptyValue,
  fieldOf,
  resolve,
  variantOf,
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
}

export interface FormContext {
  /** What the form is about, where fields of a name are called otherwise in one. */
  of?: string;
  root: Schema;
  /** A part of one's own for a value; `undefined` leaves it to the form. */
  custom: (props: FieldProps) => ReactNode;
  /** What is wrong with the value at a path. */
  errorAt: (path: string[]) => string | undefined;
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
        />
      );
    });
}

/** Words for a field: those for it where it stands, those for its name, the schema's, else its name. */
function fieldLabel(path: string[], schema: Schema, of = ''): string {
  const [name = '', parent = of] = path.filter((part) => !/^\d+$/.test(part)).reverse();
  return fieldName(name, parent) ?? schema.title ?? humanize(name);
}

function choiceLabel(value: unknown): string {
  return tMaybe('choice', String(value)) ?? humanize(String(value));
}

export function FormField(props: FieldProps): ReactNode {
  return props.form.custom(props) ?? <PlainField {...props} />;
}

function PlainField(props: FieldProps): ReactNode {
  const field = fieldOf(props.schema, props.form.root);
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
    case 'editor':
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

function ListField({ items, ...props }: FieldProps & { items: Schema }) {
  const { path, label, help, value, onChange, error, form } = props;
  const values = Array.isArray(value) ? (value as unknown[]) : [];
  const field = fieldOf(items, form.root);
  if (
    field.kind === 'text' &&
    form.custom({ ...props, path: [...path, '0'], schema: items }) === undefined
  ) {
    return (
      <TagsInput
        label={label}
        description={help}
        error={error}
        size="xs"
        value={values.map(String)}
        onChange={(next) => onChange(next.length === 0 && !props.required ? undefined : next)}
      />
    );
  }
  const replace = (index: number, next: unknown) =>
    onChange(values.map((each, at) => (at === index ? next : each)));
  return (
    <Fieldset legend={label} className={classes.group}>
      {help !== undefined && <p className={classes.help}>{help}</p>}
      {error !== undefined && <p className={classes.error}>{error}</p>}
      {values.map((each, index) => (
        <div key={index} className={classes.item}>
          <div className={classes.itemBody}>
            <FormField
              path={[...path, String(index)]}
              label={t('form.item', { n: index + 1 })}
              help={undefined}
              schema={items}
              required
              value={each}
              onChange={(next) => replace(index, next)}
              error={form.errorAt([...path, String(index)])}
              form={form}
            />
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('form.removeItem', { n: index + 1, label })}
            onClick={() => onChange(values.filter((_, at) => at !== index))}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </div>
      ))}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlus size={13} />}
        onClick={() => onChange([...values, emptyValue(items, form.root)])}
      >
        {t('form.addItem')}
      </Button>
    </Fieldset>
  );
}

function ObjectField({ path, label, help, schema, required, value, onChange, form }: FieldProps) {
  const present = value !== undefined && value !== null;
  if (!present && !required) {
    return (
      <Switch
        size="sm"
        label={label}
        description={help}
        checked={false}
        onChange={() => onChange(emptyValue(schema, form.root))}
      />
    );
  }
  const inList = /^\d+$/.test(path.at(-1) ?? '');
  return (
    <Fieldset legend={inList ? undefined : label} className={classes.group}>
      {!required && !inList && (
        <Switch
          size="sm"
          label={t('form.use', { label })}
          checked
          onChange={() => onChange(undefined)}
        />
      )}
      <Properties
        schema={schema}
        path={path}
        value={asObject(value)}
        onChange={(next) => onChange(next)}
        form={form}
      />
    </Fieldset>
  );
}

function VariantsField(props: FieldProps & { field: Extract<Field, { kind: 'variants' }> }) {
  const { path, label, help, required, value, onChange, error, field, form } = props;
  const present = value !== undefined && value !== null;
  const fallback = resolve(props.schema, form.root).default;
  const shown = present ? value : fallback;
  const index = shown === undefined ? undefined : variantOf(shown, field.variants, form.root);
  const chosen = index === undefined ? undefined : field.variants[index];
  const inner = chosen === undefined ? undefined : fieldOf(chosen.schema, form.root);
  return (
    <div className={classes.variants}>
      <Select
        label={label}
        description={tServer(chosen?.description) ?? help}
        error={error}
        size="xs"
        clearable={!required && fallback === undefined}
        allowDeselect={false}
        data={field.variants.map(({ title }, at) => ({
          value: String(at),
          label: choiceLabel(title),
        }))}
        value={index === undefined ? null : String(index)}
        onChange={(next) => {
          const variant = next === null ? undefined : field.variants[Number(next)];
          onChange(variant === undefined ? undefined : emptyValue(variant.schema, form.root));
        }}
      />
      {chosen !== undefined && inner?.kind === 'object' && (
        <div className={classes.group}>
          <Properties
            schema={chosen.schema}
            path={path}
            value={asObject(shown)}
            onChange={(next) => onChange(next)}
            form={form}
          />
        </div>
      )}
      {chosen !== undefined &&
        chosen.schema.const === undefined &&
        inner !== undefined &&
        inner.kind !== 'object' && (
          <FormField
            {...props}
            label={choiceLabel(chosen.title)}
            help={undefined}
            schema={chosen.schema}
            value={shown}
          />
        )}
    </div>
  );
}

/** Anything else, as JSON. */
function AnyField({ label, help, value, onChange, error }: FieldProps) {
  const text =
    value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <Textarea
      key={text}
      label={label}
      description={help}
      error={error}
      size="xs"
      autosize
      minRows={1}
      maxRows={12}
      styles={{ input: { fontFamily: 'var(--t-font-mono)' } }}
      defaultValue={text}
      onBlur={({ currentTarget }) => onChange(readLoosely(currentTarget.value))}
    />
  );
}

/** JSON where it is some, else the text itself; nothing for nothing. */
export function readLoosely(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
