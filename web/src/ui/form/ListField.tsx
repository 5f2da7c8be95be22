import { ActionIcon, Button, Fieldset, TagsInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { t } from '@/i18n';
import { emptyValue, fieldOf, type Schema } from '@/ui/form/schema';
import { FormField, type FieldProps } from '@/ui/form/SchemaForm';
import classes from '@/ui/form/form.module.css';

/** A list: texts as tags, anything else entry by entry. */
export function ListField({ items, ...props }: FieldProps & { items: Schema }) {
  const { path, label, help, value, onChange, error, form, beside } = props;
  const values = Array.isArray(value) ? (value as unknown[]) : [];
  if (fieldOf(items, form.root).kind === 'text') {
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
  const change = (next: unknown[]) =>
    onChange(next.length === 0 && !props.required ? undefined : next);
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
              onChange={(next) => change(values.with(index, next))}
              error={form.errorAt([...path, String(index)])}
              form={form}
              beside={beside}
            />
          </div>
          <EntryButtons list={values} index={index} label={label} onChange={change} />
        </div>
      ))}
      <AddEntry onAdd={() => onChange([...values, emptyValue(items, form.root)])} />
    </Fieldset>
  );
}

/** One more entry of a list. */
export function AddEntry({ label, onAdd }: { label?: string; onAdd: () => void }) {
  return (
    <Button
      size="compact-xs"
      variant="default"
      style={{ alignSelf: 'flex-start' }}
      leftSection={<IconPlus size={13} />}
      onClick={onAdd}
    >
      {label ?? t('form.addItem')}
    </Button>
  );
}

interface EntryProps<T> {
  list: T[];
  index: number;
  /** What the list is called. */
  label: string;
  /** The fewest entries that there have to be. */
  least?: number;
  onChange: (list: T[]) => void;
}

/** Moves an entry of a list up and down, and takes it out. */
export function EntryButtons<T>({ list, index, label, least = 0, onChange }: EntryProps<T>) {
  const place = { n: index + 1, label };
  const swap = (to: number) => {
    const [here, there] = [list[index], list[to]];
    if (index >= list.length || to < 0 || to >= list.length) return;
    onChange(list.with(index, there as T).with(to, here as T));
  };
  const buttons = [
    { word: t('form.up', place), Icon: IconArrowUp, off: index === 0, act: () => swap(index - 1) },
    {
      word: t('form.down', place),
      Icon: IconArrowDown,
      off: index === list.length - 1,
      act: () => swap(index + 1),
    },
    {
      word: t('form.removeItem', place),
      Icon: IconTrash,
      off: list.length <= least,
      act: () => onChange(list.toSpliced(index, 1)),
    },
  ];
  return (
    <span className={classes.entryButtons}>
      {buttons
        .filter(({ Icon }) => Icon === IconTrash || list.length > 1)
        .map(({ word, Icon, off, act }) => (
          <ActionIcon
            key={word}
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={word}
            disabled={off}
            onClick={act}
          >
            <Icon size={14} />
          </ActionIcon>
        ))}
    </span>
  );
}
