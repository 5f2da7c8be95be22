import { useQuality, type TableQuality } from '@/api/data';
import type { TableListed } from '@/api/types';
import { DataTable } from '@/ui/DataTable';
import { formatCell, formatCount, formatShare } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/tables/tables.module.css';
import { t } from '@/i18n';

/** What is missing, doubled, outside of its enumeration or leads nowhere. */
export function Quality({ table }: { table: TableListed }) {
  const quality = useQuality(table.name, table.version);
  if (quality.isPending) return <LoadingRows label={t('quality.loading')} />;
  if (quality.isError) {
    const retry = () => void quality.refetch();
    return <ErrorState title={t('quality.cannot')} error={quality.error} onRetry={retry} />;
  }
  const { data } = quality;
  return (
    <>
      <Facts quality={data} />
      <DataTable
        dense
        label={t('quality.columns')}
        rows={data.columns}
        rowKey={({ name }) => name}
        columns={[
          { id: 'name', header: t('rules.column'), cell: ({ name }) => name },
          {
            id: 'nulls',
            header: t('quality.nulls'),
            align: 'right',
            cell: ({ nulls }) => <Share part={nulls} whole={data.rows} />,
          },
          {
            id: 'distinct',
            header: t('quality.distinct'),
            align: 'right',
            cell: ({ distinct }) => formatCount(distinct),
          },
          {
            id: 'outside',
            header: t('quality.outside'),
            align: 'right',
            cell: ({ outside }) =>
              outside === 0 ? '0' : <Pill tone="bad">{formatCount(outside)}</Pill>,
          },
          { id: 'min', header: t('quality.min'), align: 'right', cell: ({ min }) => cut(min) },
          { id: 'max', header: t('quality.max'), align: 'right', cell: ({ max }) => cut(max) },
        ]}
      />
      {data.links.length > 0 && (
        <DataTable
          dense
          label={t('word.links')}
          rows={data.links}
          rowKey={({ name }) => name}
          columns={[
            { id: 'name', header: t('quality.link'), cell: ({ name, to }) => `${name} → ${to}` },
            {
              id: 'orphans',
              header: t('quality.orphans'),
              align: 'right',
              cell: ({ orphans, to_many }) => <Orphans count={orphans} wrong={!to_many} />,
            },
            {
              id: 'there',
              header: t('quality.orphansThere'),
              align: 'right',
              cell: ({ orphans_there, to_many }) => (
                <Orphans count={orphans_there} wrong={to_many} />
              ),
            },
          ]}
        />
      )}
    </>
  );
}

function Facts({ quality }: { quality: TableQuality }) {
  const outside = quality.columns.reduce((sum, { outside: each }) => sum + each, 0);
  return (
    <p className={classes.facts}>
      {t('quality.rows', { n: quality.rows })} ·{' '}
      {quality.duplicates === 0
        ? t('quality.noDuplicates')
        : t('quality.duplicates', { n: quality.duplicates })}{' '}
      · {outside === 0 ? t('quality.allInside') : t('quality.someOutside', { n: outside })}
      {quality.newest !== null && ` · ${t('quality.newest', { at: formatCell(quality.newest) })}`}
    </p>
  );
}

function Share({ part, whole }: { part: number; whole: number }) {
  return part === 0 ? (
    '0'
  ) : (
    <span title={formatCount(part)}>
      {formatShare(part, whole)}
      <span className={classes.bar} style={{ '--share': part / Math.max(1, whole) } as object} />
    </span>
  );
}

/** Rows without a partner are wrong only where one is promised. */
function Orphans({ count, wrong }: { count: number; wrong: boolean }) {
  if (count === 0) return '0';
  return wrong ? <Pill tone="warn">{formatCount(count)}</Pill> : formatCount(count);
}

function cut(value: unknown): string {
  const text = formatCell(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
