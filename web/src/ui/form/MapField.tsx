import { ActionIcon, Fieldset } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '@/i18n';
import { AddEntry } from '@/ui/form/ListField';
import { sideName } from '@/ui/form/names';
import { emptyValue, plainFieldOf, type Field } from '@/ui/form/schema';
import { FormField, type FieldProps } from '@/ui/form/SchemaForm';
import { pairsOf, toObject, twice, type Pair } from '@/ui/form/pairs';
import classes from '@/ui/form/form.module.css';

/** An object whose names are free: pairs of a name and a value. */
export function MapField(props: FieldProps & { field: Extract<Field, { kind: 'map' }> }) {
  const { path, label, help, required, value, error, field, form, beside } = props;
  const [pairs, change] = usePairs(value, (object) =>
    props.onChange(Object.keys(object).length === 0 && !required ? undefined : object),
  );
  const name = path.at(-1) ?? '';
  const isSmall = plainFieldOf(field.values, form.root).kind !== 'variants';
  const put = (index: number, pair: Pair) => change(pairs.with(index, pair));
  return (
    <Fieldset legend={label} className={classes.group}>
      {help !== undefined && <p className={classes.help}>{help}</p>}
      {error !== undefined && <p className={classes.error}>{error}</p>}
      {pairs.map(([key, each], index) => (
        <div key={index} className={classes.item}>
          <div className={isSmall ? classes.pair : classes.itemBody} data-stacked={!isSmall}>
            <FormField
              path={[...path, '', 'key']}
              label={sideName(name, 'key')}
              help={undefined}
              schema={field.keys}
              required
              value={key}
              onChange={(next) => put(index, [typeof next === 'string' ? next : '', each])}
              error={twice(pairs, index) ? t('form.keyTwice') : undefined}
              form={form}
              beside={beside}
            />
            <FormField
              path={[...path, key]}
              label={sideName(name, 'value')}
              help={undefined}
              schema={field.values}
              required
              value={each}
              onChange={(next) => put(index, [key, next])}
              error={form.errorAt([...path, key])}
              form={form}
              beside={beside}
            />
          </div>
          <RemovePair
            label={t('form.removePair', { name: key === '' ? String(index + 1) : key, label })}
            onRemove={() => change(pairs.toSpliced(index, 1))}
          />
        </div>
      ))}
      <AddEntry onAdd={() => change([...pairs, ['', emptyValue(field.values, form.root)]])} />
    </Fieldset>
  );
}

export function RemovePair({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <ActionIcon
      size="sm"
      variant="subtle"
      color="gray"
      className={classes.removePair}
      aria-label={label}
      onClick={onRemove}
    >
      <IconTrash size={14} />
    </ActionIcon>
  );
}

/** The pairs of an object, with those that have no name yet, which the object cannot hold. */
export function usePairs(
  value: unknown,
  onChange: (object: Record<string, unknown>) => void,
): [Pair[], (pairs: Pair[]) => void] {
  const given = pairsOf(value);
  const text = JSON.stringify(given);
  const [pairs, setPairs] = useState(given);
  const [written, setWritten] = useState(text);
  // What is changed elsewhere, by undo or in the document, is shown here.
  if (text !== written) {
    setWritten(text);
    setPairs(given);
  }
  const change = (next: Pair[]) => {
    const object = toObject(next);
    setPairs(next);
    setWritten(JSON.stringify(pairsOf(object)));
    onChange(object);
  };
  return [pairs, change];
}
