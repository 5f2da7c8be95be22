import { Select } from '@mantine/core';
import type { TableColumn } from '@/api/types';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { ExpressionLine } from '@/features/campaign/form/FieldFields';
import { scopeFor } from '@/features/campaign/form/scopes';
import {
  readAssignment,
  writeAssignment,
  type Assignment,
  type SourceKind,
} from '@/features/campaign/panels/update';
import { t } from '@/i18n';
import { fieldChoices } from '@/rules/fields';
import { columnsOf, firstValue, kindOf, type Scope } from '@/rules/scope';
import { ValueField } from '@/rules/ValueField';
import { FieldPicker } from '@/ui/FieldPicker';
import { RemovePair, usePairs } from '@/ui/form/MapField';
import { AddEntry } from '@/ui/form/ListField';
import { twice } from '@/ui/form/pairs';
import { humanize } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

const KINDS: SourceKind[] = ['field', 'value', 'expression', 'nothing'];
const TIMES = ['always', 'empty', 'given'] as const;

/** The table, and column by column what becomes of it. */
export function UpdatePanel(props: PanelProps) {
  const { activity, set, only, rest, known, errorAt } = props;
  const table = scopeFor(known, { of: 'table', beside: activity });
  const [pairs, change] = usePairs(activity.set, (next) =>
    set({ set: Object.keys(next).length === 0 ? undefined : next }, `${activity.id} set`),
  );
  const columns = table === undefined ? [] : columnsOf(table);
  const taken = new Set(pairs.map(([name]) => name));
  const label = t('field.update-data.set');
  const error = errorAt(['set']);
  return (
    <div className={classes.stack}>
      {only(['table', 'mode'])}
      <div className={classes.sorts} role="group" aria-label={label}>
        <span className={classes.fieldLabel}>{label}</span>
        {error !== undefined && <p className={classes.fieldError}>{error}</p>}
        {pairs.map(([name, written], index) => {
          const column = columns.find((each) => each.name === name);
          const words = column?.label ?? (name === '' ? String(index + 1) : humanize(name));
          return (
            <div key={index} className={classes.column}>
              <div className={classes.columnHead}>
                <div className={classes.columnValue}>
                  <FieldPicker
                    label={t('update.column', { n: index + 1 })}
                    quiet
                    required
                    placeholder={t('update.chooseColumn')}
                    choices={fieldChoices(table, 0).filter(
                      ({ path }) => path === name || !taken.has(path),
                    )}
                    error={twice(pairs, index) ? t('form.keyTwice') : undefined}
                    value={name}
                    onChange={(next = '') => change(pairs.with(index, [next, written]))}
                  />
                </div>
                <RemovePair
                  label={t('form.removePair', { name: words, label })}
                  onRemove={() => change(pairs.toSpliced(index, 1))}
                />
              </div>
              <AssignmentPart
                assignment={readAssignment(written)}
                column={column}
                name={words}
                scope={props.scope}
                fields={props.fields}
                error={['', 'field', 'expression', 'value', 'when']
                  .map((part) => errorAt(['set', name, ...(part === '' ? [] : [part])]))
                  .find(Boolean)}
                onChange={(next) => change(pairs.with(index, [name, writeAssignment(next)]))}
              />
            </div>
          );
        })}
        <AddEntry label={t('update.add')} onAdd={() => change([...pairs, ['', '']])} />
      </div>
      {rest(['table', 'mode', 'set'])}
    </div>
  );
}

interface PartProps extends Pick<PanelProps, 'fields'> {
  assignment: Assignment;
  /** The column that is set, where the table has it. */
  column: TableColumn | undefined;
  name: string;
  scope: Scope | undefined;
  error: string | undefined;
  onChange: (assignment: Assignment) => void;
}

/** Where the value of a column comes from, and when it is set. */
function AssignmentPart(props: PartProps) {
  const { assignment, column, name, scope, fields, error, onChange } = props;
  const { kind, text, value, when } = assignment;
  const kindOfColumn = column === undefined ? undefined : kindOf(column);
  const start = (next: SourceKind): Assignment => ({
    kind: next,
    when,
    text: next === 'expression' || next === 'field' ? text : '',
    value: next === 'value' ? firstValue(kindOfColumn ?? 'text') : undefined,
  });
  return (
    <>
      <div className={classes.row}>
        <Select
          size="xs"
          style={{ flex: 1 }}
          aria-label={t('update.source', { name })}
          allowDeselect={false}
          data={KINDS.map((each) => ({ value: each, label: t(`update.${each}`) }))}
          value={kind}
          onChange={(next) => next !== null && onChange(start(next as SourceKind))}
        />
        <Select
          size="xs"
          style={{ flex: 1 }}
          aria-label={t('update.when', { name })}
          allowDeselect={false}
          data={TIMES.map((each) => ({ value: each as string, label: t(`update.${each}`) }))}
          value={when ?? 'always'}
          onChange={(next) => onChange({ ...assignment, when: next ?? undefined })}
        />
      </div>
      {kind === 'field' && (
        <FieldPicker
          label={t('update.fieldFor', { name })}
          quiet
          required
          choices={fields}
          value={text}
          onChange={(path = '') => onChange({ ...assignment, text: path })}
        />
      )}
      {kind === 'expression' && (
        <ExpressionLine
          label={t('update.expressionFor', { name })}
          scope={scope}
          placeholder="points + 10"
          value={text}
          onChange={(next) => onChange({ ...assignment, text: next })}
        />
      )}
      {kind === 'value' && (
        <ValueField
          label={t('update.valueFor', { name })}
          required
          kind={kindOfColumn}
          choices={column?.values}
          value={value}
          onChange={(next) => onChange({ ...assignment, value: next })}
        />
      )}
      {error !== undefined && <p className={classes.fieldError}>{error}</p>}
    </>
  );
}
