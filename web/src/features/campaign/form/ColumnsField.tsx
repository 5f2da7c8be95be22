import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import {
  longFormOf,
  nameOfColumn,
  operandOfColumn,
  withMore,
  withOperand,
  type LongForm,
} from '@/features/campaign/form/columns';
import { t } from '@/i18n';
import { fieldChoices } from '@/rules/fields';
import { isExpression } from '@/rules/operand';
import { OperandField } from '@/rules/OperandField';
import type { Scope } from '@/rules/scope';
import { FieldsPicker } from '@/ui/FieldPicker';
import { AddEntry, EntryButtons } from '@/ui/form/ListField';
import { asObject, resolve } from '@/ui/form/schema';
import { Properties, type FieldProps } from '@/ui/form/SchemaForm';
import classes from '@/features/campaign/editor.module.css';

interface Props extends FieldProps {
  scope: Scope | undefined;
  /** Whether the label is seen already. */
  quiet?: boolean;
}

/** Fields and expressions in their order, each under a name of its own where it needs one. */
export function ColumnsField({ scope, quiet = false, ...props }: Props) {
  const { path, label, help, schema, required, value, onChange, error, form } = props;
  const items = resolve(schema, form.root).items;
  const long = longFormOf(typeof items === 'object' ? items : {}, form.root);
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  const change = (next: unknown[]) => onChange(next.length === 0 && !required ? undefined : next);
  const taken = new Set(list.map(operandOfColumn));
  return (
    <div className={classes.sorts} role="group" aria-label={label}>
      {!quiet && <span className={classes.fieldLabel}>{label}</span>}
      {help !== undefined && <p className={classes.fieldHelp}>{help}</p>}
      {error !== undefined && <p className={classes.fieldError}>{error}</p>}
      {list.map((entry, index) => (
        <Entry
          key={index}
          {...{ entry, index, list, long, scope, label, form, change }}
          path={[...path, String(index)]}
        />
      ))}
      <FieldsPicker
        label={t('columns.add', { label })}
        quiet
        placeholder={t('columns.addField')}
        choices={fieldChoices(scope).filter((choice) => !taken.has(choice.path))}
        value={[]}
        onChange={(paths) => change([...list, ...paths])}
      />
      {scope !== undefined && (
        <AddEntry
          label={t('operand.addExpression')}
          onAdd={() => change([...list, withOperand({ name: '' }, { expression: '' }, long.apart)])}
        />
      )}
    </div>
  );
}

interface EntryProps extends Pick<FieldProps, 'path' | 'label' | 'form'> {
  entry: unknown;
  index: number;
  list: unknown[];
  long: LongForm;
  scope: Scope | undefined;
  change: (list: unknown[]) => void;
}

function Entry({ entry, index, list, long, scope, path, label, form, change }: EntryProps) {
  const operand = operandOfColumn(entry);
  const hasMore = typeof entry !== 'string' && Object.keys(asObject(entry)).length > 1;
  const [opened, setOpened] = useState(false);
  // What has been set is seen, and an expression needs a name.
  const shown = opened || hasMore || isExpression(operand);
  const name = nameOfColumn(entry);
  const error = [path, [...path, 'field'], [...path, 'expression']].map(form.errorAt).find(Boolean);
  return (
    <div className={classes.column}>
      <div className={classes.columnHead}>
        <div className={classes.columnValue}>
          <OperandField
            label={t('columns.entry', { n: index + 1, label })}
            quiet
            required
            error={error}
            scope={scope}
            value={operand}
            onChange={(next) => change(list.with(index, withOperand(entry, next, long.apart)))}
          />
        </div>
        {!hasMore && !isExpression(operand) && (
          <Tooltip label={t('columns.more')}>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={t('columns.moreFor', { name: name === '' ? String(index + 1) : name })}
              aria-expanded={opened}
              onClick={() => setOpened(!opened)}
            >
              <IconDots size={14} />
            </ActionIcon>
          </Tooltip>
        )}
        <EntryButtons list={list} index={index} label={label} onChange={change} />
      </div>
      {shown && (
        <div className={classes.columnMore}>
          <Properties
            schema={long.schema}
            path={path}
            value={asObject(entry)}
            omit={['field', 'expression']}
            onChange={(next) => change(list.with(index, withMore(entry, next, long.apart)))}
            form={form}
          />
        </div>
      )}
    </div>
  );
}
