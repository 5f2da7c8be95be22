import { Fieldset, Select, Switch } from '@mantine/core';
import { t, tServer } from '@/i18n';
import { asObject, emptyValue, fieldOf, resolve, variantOf, type Field } from '@/ui/form/schema';
import { choiceLabel, FormField, Properties, type FieldProps } from '@/ui/form/SchemaForm';
import classes from '@/ui/form/form.module.css';

/** Settings that belong together; a switch where there may be none. */
export function ObjectField({
  path,
  label,
  help,
  schema,
  required,
  value,
  onChange,
  form,
}: FieldProps) {
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

/** A value that is of one of several forms. */
export function VariantsField(props: FieldProps & { field: Extract<Field, { kind: 'variants' }> }) {
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
