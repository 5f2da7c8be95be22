import { Select } from '@mantine/core';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import {
  readMethod,
  writeMethod,
  type Criterion,
  type CriterionKind,
} from '@/features/campaign/panels/deduplication';
import { t } from '@/i18n';
import { kindOfOperand, OperandField } from '@/rules/OperandField';
import { ValueField } from '@/rules/ValueField';
import { follow, type Scope } from '@/rules/scope';
import { AddEntry, EntryButtons } from '@/ui/form/ListField';
import classes from '@/features/campaign/editor.module.css';

const KINDS: CriterionKind[] = ['by', 'filled', 'values', 'random'];

/** What duplicates have in common, and which of them stay: by one criterion after the other. */
export function DeduplicationPanel({ activity, set, rest, only, scope, errorAt }: PanelProps) {
  const criteria = readMethod(activity.method);
  const change = (next: Criterion[], word?: string) =>
    set({ method: writeMethod(next) }, word && `${activity.id} method ${word}`);
  const place = (index: number) => (criteria.length === 1 ? [] : [String(index)]);
  return (
    <div className={classes.stack}>
      {only(['by', 'keep'])}
      <div className={classes.sorts} role="group" aria-label={t('dedupe.which')}>
        <span className={classes.fieldLabel}>{t('dedupe.which')}</span>
        {errorAt(['method']) !== undefined && (
          <p className={classes.fieldError}>{errorAt(['method'])}</p>
        )}
        {criteria.length === 0 && <span className={classes.fieldHelp}>{t('dedupe.none')}</span>}
        {criteria.map((criterion, index) => (
          <div key={index} className={classes.sort}>
            <div className={classes.sortOrder}>
              <Select
                size="xs"
                aria-label={t('dedupe.criterion', { n: index + 1 })}
                allowDeselect={false}
                data={KINDS.map((value) => ({ value, label: t(`dedupe.${value}`) }))}
                value={criterion.kind}
                onChange={(kind) =>
                  kind !== null &&
                  change(criteria.with(index, { ...criterion, kind: kind as CriterionKind }))
                }
              />
              <EntryButtons
                list={criteria}
                index={index}
                label={t('dedupe.which')}
                onChange={change}
              />
            </div>
            <CriterionPart
              criterion={criterion}
              index={index}
              scope={scope}
              error={['expression', 'non_empty', 'values']
                .map((part) => errorAt(['method', ...place(index), part]))
                .find(Boolean)}
              onChange={(next, word) => change(criteria.with(index, next), word)}
            />
          </div>
        ))}
        <AddEntry
          label={criteria.length === 0 ? t('dedupe.add') : t('dedupe.addMore')}
          onAdd={() => change([...criteria, { kind: 'by', by: '', descending: true, list: [] }])}
        />
      </div>
      {rest(['by', 'keep', 'method'])}
    </div>
  );
}

interface PartProps {
  criterion: Criterion;
  index: number;
  scope: Scope | undefined;
  error: string | undefined;
  onChange: (criterion: Criterion, word?: string) => void;
}

function CriterionPart({ criterion, index, scope, error, onChange }: PartProps) {
  const { kind, by, descending, list } = criterion;
  if (kind === 'random') return null;
  const values =
    typeof by === 'string' && scope !== undefined ? follow(scope, by)?.column : undefined;
  const kindOf = kindOfOperand(scope, by);
  return (
    <>
      <OperandField
        label={t('dedupe.fieldOf', { n: index + 1 })}
        quiet
        required
        error={error}
        scope={scope}
        value={by}
        onChange={(next) => onChange({ ...criterion, by: next }, `${index} field`)}
      />
      {kind === 'by' && (
        <Select
          size="xs"
          aria-label={t('dedupe.order', { n: index + 1 })}
          allowDeselect={false}
          data={[
            { value: 'descending', label: t('dedupe.highest') },
            { value: 'ascending', label: t('dedupe.lowest') },
          ]}
          value={descending ? 'descending' : 'ascending'}
          onChange={(next) => onChange({ ...criterion, descending: next === 'descending' })}
        />
      )}
      {kind === 'values' && (
        <ValueField
          label={t('dedupe.list')}
          required
          many
          kind={kindOf === 'choice' || kindOf === 'number' ? kindOf : 'text'}
          choices={values?.values}
          value={list}
          onChange={(next) =>
            onChange({ ...criterion, list: Array.isArray(next) ? (next as unknown[]) : [] })
          }
        />
      )}
    </>
  );
}
