import { SegmentedControl } from '@mantine/core';
import { useCallback } from 'react';
import { useTimeline, type Subject, type TimelinePoint } from '@/api/reports';
import { figureName } from '@/features/reports/names';
import { Chart, type Palette } from '@/ui/Chart';
import { DataTable } from '@/ui/DataTable';
import { formatCount } from '@/ui/format';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import { IconClockOff } from '@tabler/icons-react';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { formatLocale, t } from '@/i18n';

interface Props {
  subject: Subject;
  step: 'hour' | 'day';
  zone: string;
  onStep: (step: 'hour' | 'day') => void;
}

const SERIES = [
  ['sent', 'accent'],
  ['excluded', 'neutral'],
  ['failed', 'warn'],
  ['opened', 'info'],
  ['clicked', 'channel'],
  ['unsubscribed', 'bad'],
] as const;

const COLUMNS = [
  'sent',
  'excluded',
  'failed',
  'opens',
  'opened',
  'clicks',
  'clicked',
  'unsubscribed',
] as const;

/** What happened by hour or day of the reader's own zone. */
export function OverTime({ subject, step, zone, onStep }: Props) {
  const timeline = useTimeline(subject, step, zone);
  const points = timeline.data?.points;
  const option = useCallback(
    (palette: Palette) => timeOption(palette, points ?? [], step),
    [points, step],
  );
  return (
    <section className={`${ui.card} ${classes.block}`} aria-label={t('report.overTime')}>
      <div className={classes.blockHead}>
        <h2 className={classes.blockTitle}>{t('report.overTime')}</h2>
        <span className={classes.note}>{zone}</span>
        <SegmentedControl
          size="xs"
          className={classes.noPrint}
          aria-label={t('report.step')}
          value={step}
          onChange={(next) => onStep(next === 'hour' ? 'hour' : 'day')}
          data={[
            { value: 'hour', label: t('report.hours') },
            { value: 'day', label: t('report.days') },
          ]}
        />
      </div>
      {timeline.isPending && (
        <div className={classes.timeRoom}>
          <LoadingRows rows={5} label={t('report.loading')} />
        </div>
      )}
      {timeline.isError && (
        <ErrorState
          title={t('report.cannot')}
          error={timeline.error}
          onRetry={() => void timeline.refetch()}
        />
      )}
      {points !== undefined && points.length === 0 && (
        <EmptyState icon={IconClockOff} title={t('report.nothingYet')} tone="neutral" />
      )}
      {points !== undefined && points.length > 0 && (
        <div className={classes.timeRoom}>
          <Chart label={t('report.overTime')} height={230} option={option} />
          <div className={classes.lower}>
            <DataTable
              dense
              label={t('report.overTime')}
              rows={points.filter((point) => SERIES.some(([name]) => point[name] > 0))}
              rowKey={({ at }) => at}
              columns={[
                { id: 'at', header: t('report.from'), cell: ({ at }) => formatStep(at, step) },
                ...COLUMNS.map((name) => ({
                  id: name,
                  header: figureName(name),
                  align: 'right' as const,
                  cell: (point: TimelinePoint) => formatCount(point[name]),
                })),
              ]}
            />
          </div>
        </div>
      )}
    </section>
  );
}

/** The wall-clock time of the zone, which stands in the text itself. */
function formatStep(at: string, step: 'hour' | 'day'): string {
  const wall = new Date(`${at.slice(0, 19)}Z`);
  const day = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  const hour = step === 'hour' ? ({ hour: '2-digit', minute: '2-digit' } as const) : {};
  return new Intl.DateTimeFormat(formatLocale(), { ...day, ...hour }).format(wall);
}

function timeOption(palette: Palette, points: TimelinePoint[], step: 'hour' | 'day') {
  return {
    grid: { left: 4, right: 12, top: 34, bottom: 4, containLabel: true },
    legend: {
      top: 0,
      left: 0,
      icon: 'roundRect',
      itemHeight: 8,
      textStyle: { color: palette.ink },
    },
    tooltip: {
      trigger: 'axis',
      backgroundColor: palette.card,
      borderColor: palette.line,
      textStyle: { color: palette.ink },
      valueFormatter: (value: unknown) => formatCount(Number(value)),
    },
    xAxis: {
      type: 'category',
      data: points.map(({ at }) => formatStep(at, step)),
      axisLabel: { color: palette.muted, hideOverlap: true },
      axisLine: { lineStyle: { color: palette.line } },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: { color: palette.muted, formatter: (value: number) => formatCount(value) },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: SERIES.map(([name, tone]) => ({
      name: figureName(name),
      type: points.length < 3 ? 'bar' : 'line',
      showSymbol: points.length < 40,
      barMaxWidth: 28,
      lineStyle: { width: 2 },
      itemStyle: { color: palette.tones[tone] },
      data: points.map((point) => point[name]),
    })),
  };
}
