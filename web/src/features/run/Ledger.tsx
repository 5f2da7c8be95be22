import { Select } from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { useLedger } from '@/api/runs';
import type { LedgerLine, LedgerPage, RunSummary } from '@/api/types';
import { ledgerLook } from '@/canvas/states';
import { Records } from '@/features/run/Records';
import type { RunSearch } from '@/features/run/search';
import type { DataColumn } from '@/ui/DataTable';
import { formatCount, formatMoment, reasonWords } from '@/ui/format';
import { Pager } from '@/ui/Pager';
import { Pill } from '@/ui/Pill';
import common from '@/features/common/common.module.css';
import classes from '@/features/run/run.module.css';
import { t } from '@/i18n';

const PAGE_SIZE = 100;

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  search: RunSearch;
  /** Filters go back to the first page. */
  onChange: (part: RunSearch) => void;
  onLine: (line: LedgerLine) => void;
}

/** One line per person and message: who was meant to get it, and what became of it. */
export function Ledger({ run, labels, search, onChange, onLine }: Props) {
  const { activity, status, reason, search: text, page = 1 } = search;
  const ledger = useLedger(
    run.run,
    { activity, status, reason, search: text, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
    run.state === 'running',
  );
  // What there is to choose from does not depend on what is chosen.
  const choices = useLedger(
    run.run,
    { activity, search: text, limit: 1, offset: 0 },
    run.state === 'running',
  );
  return (
    <Records
      title={t('run.ledger')}
      titled
      query={ledger}
      rows={ledger.data?.rows}
      tableLabel={t('ledger.lines')}
      columns={lineColumns(labels, onLine)}
      rowKey={({ activity: of, key, secondary_key }) => `${of} ${key} ${secondary_key ?? ''}`}
      onRowClick={onLine}
      isSelected={({ key, activity: of }) => key === search.line && of === search.of}
      filtered={[activity, status, reason, text].some((filter) => filter !== undefined)}
      onClear={() =>
        onChange({ activity: undefined, status: undefined, reason: undefined, search: undefined })
      }
      search={{
        label: t('ledger.search'),
        value: text,
        onChange: (next) => onChange({ search: next }),
      }}
      loading={t('ledger.loading')}
      cannotRead={t('ledger.cannotRead')}
      nothing={{ icon: IconListSearch, title: t('ledger.none'), text: t('ledger.noneText') }}
      noMatch={{ icon: IconListSearch, title: t('ledger.noMatch'), text: t('ledger.noMatchText') }}
      filters={
        <>
          <Select
            aria-label={t('word.activity')}
            placeholder={t('ledger.anyMessage')}
            w={200}
            clearable
            value={activity ?? null}
            onChange={(next) => onChange({ activity: next ?? undefined })}
            data={run.deliveries.map((delivery) => ({
              value: delivery.activity,
              label: labels.get(delivery.activity) ?? delivery.activity,
            }))}
          />
          <Select
            aria-label={t('word.status')}
            placeholder={t('ledger.anyStatus')}
            w={170}
            clearable
            value={status ?? null}
            onChange={(next) => onChange({ status: next ?? undefined, reason: undefined })}
            data={counted(choices.data?.counts, status, (id) => ledgerLook(id).label)}
          />
          <Select
            aria-label={t('word.reason')}
            placeholder={t('ledger.anyReason')}
            w={200}
            clearable
            value={reason ?? null}
            onChange={(next) => onChange({ reason: next ?? undefined })}
            data={counted(choices.data?.reasons, reason, reasonWords)}
          />
        </>
      }
      pager={
        ledger.isSuccess &&
        ledger.data.total > 0 && (
          <Pager
            page={page}
            pageSize={PAGE_SIZE}
            total={ledger.data.total}
            noun={t('noun.lines')}
            onPage={(next) => onChange({ page: next })}
          />
        )
      }
    />
  );
}

function lineColumns(
  labels: Map<string, string>,
  onLine: (line: LedgerLine) => void,
): DataColumn<LedgerLine>[] {
  return [
    {
      id: 'key',
      header: t('word.key'),
      cell: (line) => (
        <button
          type="button"
          className={classes.pick}
          onClick={(event) => {
            event.stopPropagation();
            onLine(line);
          }}
        >
          {line.key}
          {line.secondary_key !== null && ` / ${line.secondary_key}`}
        </button>
      ),
    },
    {
      id: 'address',
      header: t('word.address'),
      cell: ({ address }) => address ?? <span className={common.muted}>{t('word.noneSmall')}</span>,
    },
    {
      id: 'activity',
      header: t('word.message'),
      cell: ({ activity }) => labels.get(activity) ?? activity,
    },
    {
      id: 'status',
      header: t('word.status'),
      cell: ({ status }) => {
        const { tone, label } = ledgerLook(status);
        return <Pill tone={tone}>{label}</Pill>;
      },
    },
    {
      id: 'reason',
      header: t('word.reason'),
      cell: ({ reason }) => (reason === null ? '' : reasonWords(reason)),
    },
    {
      id: 'attempts',
      header: t('word.attempts'),
      align: 'right',
      cell: ({ attempts }) => formatCount(attempts),
    },
    {
      id: 'updated',
      header: t('word.updated'),
      align: 'right',
      cell: ({ updated_at }) => formatMoment(updated_at),
    },
  ];
}

/** Choices with how many lines each has, most first; the chosen one is always among them. */
function counted(
  counts: LedgerPage['counts'] | undefined,
  chosen: string | undefined,
  name: (id: string) => string,
) {
  const known = Object.entries(counts ?? {}).filter(([, rows]) => rows > 0);
  if (chosen !== undefined && !known.some(([id]) => id === chosen)) known.push([chosen, 0]);
  return known
    .sort(([, a], [, b]) => b - a)
    .map(([value, rows]) => ({ value, label: `${name(value)} (${formatCount(rows)})` }));
}
