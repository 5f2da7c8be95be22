import { ActionIcon } from '@mantine/core';
import { IconTableOff, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { usePopulation } from '@/api/runs';
import type { ActivityDocument, Column, Population } from '@/api/types';
import { rowKey } from '@/features/common/keys';
import { isNamedPort, type PortRef } from '@/canvas/graph';
import { portLabel } from '@/canvas/ports';
import { activityLabel } from '@/canvas/edit/words';
import { useNames, type Names } from '@/features/common/useNames';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCell, humanize } from '@/ui/format';
import { Pager } from '@/ui/Pager';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/campaign.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const PAGE_SIZE = 50;
const RIGHT_ALIGNED = /^(integer|number|decimal)/;

interface Props {
  run: string;
  source: PortRef;
  activity: ActivityDocument | undefined;
  page: number;
  onPage: (page: number) => void;
  onClose: () => void;
}

/** The rows on one transition. */
export function PopulationDrawer({ run, source, activity, page, onPage, onClose }: Props) {
  const limits = { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
  const population = usePopulation(run, source.activity, source.port, limits);
  const names = useNames();
  const from = activity === undefined ? humanize(source.activity) : activityLabel(activity);
  const { data } = population;
  return (
    <section className={classes.drawer} aria-label={t('population.title')}>
      <header className={classes.drawerHead}>
        <h2>
          {from}
          {isNamedPort(source.port) && (
            <span className={classes.drawerPort}>{portLabel(activity, source.port)}</span>
          )}
        </h2>
        {data !== undefined && (
          <span className={classes.drawerNote}>
            {t('count.rows', { n: data.total })}
            {data.dimension && ` · ${names.dimension(data.dimension)}`}
          </span>
        )}
        <Link
          to="/runs/$run/rows/$activity"
          params={{ run, activity: source.activity }}
          search={{ port: source.port }}
          className={classes.more}
        >
          {t('rows.open')}
        </Link>
        <ActionIcon
          ml="auto"
          variant="subtle"
          color="gray"
          aria-label={t('population.close')}
          onClick={onClose}
        >
          <IconX size={18} />
        </ActionIcon>
      </header>
      <Rows population={population} offset={limits.offset} run={run} />
      {data !== undefined && data.total > PAGE_SIZE && (
        <Pager
          page={page}
          pageSize={PAGE_SIZE}
          total={data.total}
          noun={t('noun.rows')}
          onPage={onPage}
        />
      )}
    </section>
  );
}

function Rows({
  population,
  offset,
  run,
}: {
  population: ReturnType<typeof usePopulation>;
  offset: number;
  run: string;
}) {
  const names = useNames();
  if (population.isPending) return <LoadingRows rows={4} label={t('population.loading')} />;
  if (population.isError) {
    const retry = () => void population.refetch();
    return <ErrorState title={t('population.none')} error={population.error} onRetry={retry} />;
  }
  const { columns, rows, dimension } = population.data;
  if (rows.length === 0) {
    return (
      <EmptyState icon={IconTableOff} title={t('population.nobody')} tone="neutral">
        {t('population.nobodyText')}
      </EmptyState>
    );
  }
  return (
    <div className={classes.drawerRows}>
      <DataTable
        dense
        label={t('word.rows')}
        stale={population.isPlaceholderData}
        columns={[
          numberColumn(offset),
          ...columns.map((column, index) => dataColumn(column, index, dimension, names)),
          wayColumn(run, population.data),
        ]}
        rows={rows}
        rowKey={(_, index) => String(offset + index)}
      />
    </div>
  );
}

function numberColumn(offset: number): DataColumn<unknown[]> {
  return {
    id: '#',
    header: '#',
    align: 'right',
    width: 56,
    cell: (_, index) => <span className={classes.none}>{offset + index + 1}</span>,
  };
}

/** A link to the way of the row through the run. */
function wayColumn(
  run: string,
  { key = [], columns, dimension }: Population,
): DataColumn<unknown[]> {
  const positions = key.map((name) => columns.findIndex((column) => column.name === name));
  return {
    id: 'way',
    header: <span className={ui.hidden}>{t('word.actions')}</span>,
    align: 'right',
    width: 110,
    cell: (row) =>
      positions.length > 0 && (
        <Link
          to="/runs/$run/trace/$key"
          params={{ run, key: rowKey(positions.map((position) => row[position])) }}
          search={{ dimension: dimension ?? 'file' }}
          className={classes.more}
        >
          {t('trace.itsWay')}
        </Link>
      ),
  };
}

function dataColumn(
  { name, type }: Column,
  index: number,
  dimension: string | null | undefined,
  names: Names,
): DataColumn<unknown[]> {
  return {
    id: `${index} ${name}`,
    header: <span title={`${name} · ${type}`}>{names.field(name, dimension)}</span>,
    align: RIGHT_ALIGNED.test(type) ? 'right' : 'left',
    cell: (row) => formatCell(row[index], type),
  };
}
