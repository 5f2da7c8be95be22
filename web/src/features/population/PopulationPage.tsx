import { Button } from '@mantine/core';
import { IconArrowLeft, IconDownload, IconTableOff } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { apiPath } from '@/api/client';
import { useRowsView, useRun } from '@/api/runs';
import { TraceDialog } from '@/features/common/TraceDialog';
import { useNames } from '@/features/common/useNames';
import { ColumnsPicker } from '@/features/population/ColumnsPicker';
import { arranged } from '@/features/population/columns';
import { readPopulationSearch, type PopulationSearch } from '@/features/population/search';
import { VirtualRows } from '@/features/population/VirtualRows';
import { formatTime } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/runs/$run/rows/$activity');

/** The rows on a transition as a table: any number of them, ordered, searched, taken away as a file. */
export function PopulationPage() {
  const { run, activity } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { port = 'out', order, search: text, hidden, columns: placed, trace } = search;
  const first = useRowsView(run, activity, { port, order, search: text, offset: 0 });
  const change = (part: PopulationSearch) =>
    void navigate({
      search: (former) => readPopulationSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
  const summary = useRun(run);
  const campaign = summary.data?.campaign;
  const names = useNames(campaign === undefined ? [] : [campaign]);
  const columns = first.data?.columns ?? [];
  const gone = new Set(hidden?.split(',') ?? []);
  const all = arranged(
    columns.map(({ name }) => name),
    placed?.split(',') ?? [],
  );
  const shown = all.filter((name) => !gone.has(name));
  return (
    <>
      <PageHeader
        back={
          <Link to="/runs/$run" params={{ run }} className={ui.back}>
            <IconArrowLeft size={15} /> {t('rows.run')}
          </Link>
        }
        title={names.port(activity, port, campaign)}
        subtitle={[
          first.data === undefined ? t('rows.subtitle') : t('count.rows', { n: first.data.total }),
          first.data?.dimension && names.dimension(first.data.dimension),
          campaign && names.campaign(campaign),
          summary.data && formatTime(summary.data.started_at),
        ]
          .filter(Boolean)
          .join(' · ')}
        actions={
          <>
            <SearchInput
              label={t('rows.search')}
              value={text ?? ''}
              onChange={(next) => change({ search: next })}
            />
            <ColumnsPicker
              columns={all.map((name) => ({
                name,
                label: names.field(name, first.data?.dimension),
              }))}
              hidden={gone}
              onChange={(next) => change(next)}
            />
            <Button
              variant="default"
              component="a"
              href={apiPath(
                `/runs/${encodeURIComponent(run)}/populations/${encodeURIComponent(activity)}/export`,
                { port, search: text },
              )}
              leftSection={<IconDownload size={16} />}
            >
              CSV
            </Button>
          </>
        }
      />
      <div className={ui.card}>
        {first.isPending && <LoadingRows label={t('population.loading')} />}
        {first.isError && (
          <ErrorState
            title={t('population.none')}
            error={first.error}
            onRetry={() => void first.refetch()}
          />
        )}
        {first.data?.total === 0 && (
          <EmptyState icon={IconTableOff} title={t('population.nobody')} tone="neutral">
            {t('population.nobodyText')}
          </EmptyState>
        )}
        {first.isSuccess && first.data.total > 0 && (
          <VirtualRows
            key={`${port} ${order} ${text}`}
            run={run}
            activity={activity}
            view={{ port, order, search: text }}
            columns={columns}
            shown={shown}
            names={names}
            total={first.data.total}
            dimension={first.data.dimension ?? undefined}
            order={order}
            onOrder={(next) => change({ order: next })}
            onTrace={(key) => change({ trace: key })}
          />
        )}
      </div>
      {trace !== undefined && (
        <TraceDialog
          run={run}
          rowKey={trace}
          dimension={first.data === undefined ? undefined : (first.data.dimension ?? 'file')}
          onClose={() => change({ trace: undefined })}
        />
      )}
    </>
  );
}
