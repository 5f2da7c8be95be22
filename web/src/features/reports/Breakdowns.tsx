import { Select } from '@mantine/core';
import { IconDownload, IconFilterOff } from '@tabler/icons-react';
import { useCallback } from 'react';
import {
  exportPath,
  useBreakdown,
  type Breakdown,
  type BreakdownRow,
  type Figure,
  type Subject,
} from '@/api/reports';
import { useTables } from '@/api/server';
import { useNames } from '@/features/common/useNames';
import { Behind } from '@/features/reports/Behind';
import { figureName, rateName, sliceName } from '@/features/reports/names';
import { useReportNames, type ReportNames } from '@/features/reports/useReportNames';
import { formatPercent, formatPoints } from '@/features/reports/percent';
import { Chart, type Palette } from '@/ui/Chart';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCount } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import common from '@/features/common/common.module.css';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const SLICES = ['activity', 'segment', 'domain', 'link', 'run', 'campaign', 'channel', 'status'];
const FIGURES: Figure[] = [
  'targeted',
  'excluded',
  'sent',
  'failed',
  'opened',
  'clicked',
  'unsubscribed',
];

/** Bars of a chart. */
const BARS_MAX = 12;

interface Props {
  subject: Subject;
  by: string;
  base: string | undefined;
  onBy: (by: string) => void;
  onBase: (base: string | undefined) => void;
}

/** The figures told apart, and compared with those of one row. */
export function Breakdowns({ subject, by, base, onBy, onBase }: Props) {
  const breakdown = useBreakdown(subject, by, base);
  const fields = useFields();
  const names = useReportNames(subject);
  const values = breakdown.data?.rows.flatMap(({ value }) => (value === null ? [] : [value])) ?? [];
  const comparable = by !== 'link' && by !== 'status' && values.length > 1;
  return (
    <section className={`${ui.card} ${classes.block}`} aria-label={t('report.apart')}>
      <div className={classes.blockHead}>
        <h2 className={classes.blockTitle}>{t('report.apart')}</h2>
        <div className={classes.choices}>
          <Select
            size="xs"
            w={200}
            searchable
            allowDeselect={false}
            aria-label={t('report.by')}
            value={by}
            onChange={(next) => onBy(next ?? 'activity')}
            data={[
              {
                group: t('report.byWhat'),
                items: SLICES.map((value) => ({ value, label: sliceName(value) })),
              },
              { group: t('report.byField'), items: fields },
            ]}
          />
          {comparable && (
            <Select
              size="xs"
              w={200}
              clearable
              aria-label={t('report.compareWith')}
              placeholder={t('report.compareWith')}
              value={base ?? null}
              onChange={(next) => onBase(next ?? undefined)}
              data={values.map((value) => ({ value, label: names.value(by, value) }))}
            />
          )}
          <a
            className={`${common.link} ${classes.noPrint}`}
            href={exportPath(subject, { format: 'csv', by })}
            download
          >
            <IconDownload size={15} aria-hidden /> CSV
          </a>
        </div>
      </div>
      {breakdown.isPending && <LoadingRows rows={4} label={t('report.loading')} />}
      {breakdown.isError && (
        <ErrorState
          title={t('report.cannot')}
          error={breakdown.error}
          onRetry={() => void breakdown.refetch()}
        />
      )}
      {breakdown.data?.rows.length === 0 && (
        <EmptyState icon={IconFilterOff} title={t('report.nothingApart')} tone="neutral">
          {by === 'link' ? t('report.noClicks') : ''}
        </EmptyState>
      )}
      {breakdown.isSuccess && breakdown.data.rows.length > 0 && (
        <Rows subject={subject} by={by} base={base} breakdown={breakdown.data} names={names} />
      )}
    </section>
  );
}

function Rows({
  subject,
  by,
  base,
  breakdown,
  names,
}: {
  subject: Subject;
  by: string;
  base: string | undefined;
  breakdown: Breakdown;
  names: ReportNames;
}) {
  const { rows, others } = breakdown;
  const bars = rows.slice(0, BARS_MAX);
  const labels = bars.map(({ value }) => names.value(by, value));
  const key = labels.join('\n');
  const option = useCallback(
    (palette: Palette) => barOption(palette, by, bars, labels),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the rows and their labels say all
    [by, rows, key],
  );
  const figures = by === 'link' ? (['clicked'] as Figure[]) : FIGURES;
  const columns: DataColumn<BreakdownRow>[] = [
    {
      id: 'value',
      header: names.slice(by),
      cell: ({ value }) => <Value by={by} value={value} names={names} />,
    },
    ...figures.map((figure): DataColumn<BreakdownRow> => ({
      id: figure,
      header: figureName(figure),
      align: 'right',
      cell: (row) => (
        <Behind
          subject={subject}
          figure={figure}
          count={row.figures[figure]}
          by={by}
          value={row.value}
        />
      ),
    })),
    {
      id: 'clicks',
      header: figureName('clicks'),
      align: 'right',
      cell: (row) => formatCount(row.figures.clicks),
    },
    ...(by === 'link' ? [] : ['open_rate', 'click_rate'].map((name) => rateColumn(name, base))),
  ];
  return (
    <>
      <Chart
        label={names.slice(by)}
        height={Math.min(rows.length, BARS_MAX) * 34 + 46}
        option={option}
      />
      <DataTable
        dense
        label={t('report.apart')}
        rows={rows}
        rowKey={({ value }) => value ?? ''}
        columns={columns}
      />
      {others.targeted > 0 && (
        <p className={classes.note}>{t('report.others', { n: others.targeted })}</p>
      )}
      {base !== undefined && <p className={classes.note}>{t('report.compareHelp')}</p>}
    </>
  );
}

function rateColumn(name: string, base: string | undefined): DataColumn<BreakdownRow> {
  return {
    id: name,
    header: rateName(name),
    align: 'right',
    cell: ({ rates, differences, value }) => {
      const rate = rates.find((each) => each.name === name);
      const difference = differences?.[name];
      return (
        <span className={classes.rate}>
          <b>{formatPercent(rate?.value ?? null)}</b>
          {rate !== undefined && rate.low !== null && (
            <span className={classes.formula}>
              {formatPercent(rate.low)} – {formatPercent(rate.high)}
            </span>
          )}
          {base !== undefined && value === base && (
            <span className={classes.formula}>{t('report.base')}</span>
          )}
          {difference !== undefined && (
            <Pill
              tone={difference.conclusive ? (difference.value > 0 ? 'good' : 'bad') : 'neutral'}
            >
              {formatPoints(difference.value)} ({formatPoints(difference.low)} …{' '}
              {formatPoints(difference.high)})
              {difference.conclusive ? '' : ` · ${t('report.chance')}`}
            </Pill>
          )}
        </span>
      );
    },
  };
}

function Value({ by, value, names }: { by: string; value: string | null; names: ReportNames }) {
  if (value === null) return <span className={common.muted}>{t('word.noneSmall')}</span>;
  if (by === 'link') return <span className={classes.url}>{value}</span>;
  const label = names.value(by, value);
  return label === value ? <>{value}</> : <span title={value}>{label}</span>;
}

/** The fields of the tables that have a dimension; the server says where one does not fit. */
function useFields(): { value: string; label: string }[] {
  const tables = useTables().data ?? [];
  const { column } = useNames();
  const targeted = tables.filter(({ links }) =>
    links.some(({ name }) => name === 'tutti_messages'),
  );
  const names = targeted.flatMap(({ columns, primary_key }) =>
    columns.filter(({ name }) => !primary_key.includes(name)).map(({ name }) => name),
  );
  return [...new Set(names)].map((name) => ({ value: `field:${name}`, label: column(name) }));
}

function barOption(palette: Palette, by: string, rows: BreakdownRow[], labels: string[]) {
  const series: [Figure, string][] =
    by === 'link'
      ? [['clicked', palette.tones.channel]]
      : [
          ['sent', palette.tones.accent],
          ['opened', palette.tones.info],
          ['clicked', palette.tones.channel],
        ];
  return {
    grid: { left: 4, right: 24, top: 28, bottom: 4, containLabel: true },
    legend: {
      top: 0,
      left: 0,
      icon: 'roundRect',
      itemHeight: 8,
      textStyle: { color: palette.ink },
    },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      backgroundColor: palette.card,
      borderColor: palette.line,
      textStyle: { color: palette.ink },
      valueFormatter: (value: unknown) => formatCount(Number(value)),
    },
    xAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: {
        color: palette.muted,
        hideOverlap: true,
        formatter: (value: number) => formatCount(value),
      },
      splitLine: { lineStyle: { color: palette.line } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: labels,
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: { color: palette.ink, width: 220, overflow: 'truncate' },
    },
    series: series.map(([figure, color]) => ({
      name: figureName(figure),
      type: 'bar',
      barMaxWidth: 9,
      itemStyle: { color, borderRadius: 3 },
      data: rows.map(({ figures }) => figures[figure]),
    })),
  };
}
