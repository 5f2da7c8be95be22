import { MultiSelect } from '@mantine/core';
import { useCampaignHeads, useDocuments } from '@/api/documents';
import { SUBJECT_KINDS, useReports, type Report, type Subject } from '@/api/reports';
import { useRuns } from '@/api/runs';
import { Behind } from '@/features/reports/Behind';
import { figureName, rateName } from '@/features/reports/names';
import { formatPercent } from '@/features/reports/percent';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCount, formatTime, humanize } from '@/ui/format';
import classes from '@/features/reports/reports.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const FIGURES = [
  'targeted',
  'excluded',
  'sent',
  'failed',
  'opened',
  'clicked',
  'unsubscribed',
] as const;

/** Reports that fit side by side. */
const BESIDE_MAX = 5;

interface Props {
  report: Report;
  /** `kind:name`, with commas between. */
  chosen: string | undefined;
  onChange: (chosen: string | undefined) => void;
}

/** The report beside others of its kind. */
export function Comparison({ report, chosen, onChange }: Props) {
  const own = keyOf(report.subject);
  const offered = useOffered(report).filter(({ value }) => value !== own);
  const keys = (chosen?.split(',') ?? []).filter((key) =>
    offered.some(({ value }) => value === key),
  );
  const others = useReports(keys.map(subjectOf)).flatMap(({ data }) =>
    data === undefined ? [] : [data],
  );
  const all = [report, ...others];
  const label = (subject: Subject) =>
    offered.find(({ value }) => value === keyOf(subject))?.label ?? t('report.thisOne');
  const column = (cell: (report: Report, name: string) => React.ReactNode) =>
    all.map((each, index): DataColumn<string> => ({
      id: `${index} ${each.subject.name}`,
      header: label(each.subject),
      align: 'right',
      cell: (name) => cell(each, name),
    }));
  return (
    <section className={`${ui.card} ${classes.block}`} aria-label={t('report.beside')}>
      <div className={classes.blockHead}>
        <h2 className={classes.blockTitle}>{t('report.beside')}</h2>
        <MultiSelect
          size="xs"
          w={420}
          searchable
          clearable
          maxValues={BESIDE_MAX}
          aria-label={t('report.besideChoose')}
          placeholder={keys.length === 0 ? t('report.besideChoose') : undefined}
          value={keys}
          onChange={(next) => onChange(next.length === 0 ? undefined : next.join(','))}
          data={offered}
        />
      </div>
      {others.length > 0 && (
        <DataTable
          dense
          label={t('report.beside')}
          rows={[...FIGURES, ...report.rates.map(({ name }) => name)]}
          rowKey={(name) => name}
          columns={[
            {
              id: 'name',
              header: t('report.figure'),
              cell: (name) => (name.endsWith('_rate') ? rateName(name) : figureName(name)),
            },
            ...column(({ subject, figures, rates }, name) => {
              const figure = FIGURES.find((each) => each === name);
              if (figure !== undefined) {
                return <Behind subject={subject} figure={figure} count={figures[figure]} />;
              }
              const rate = rates.find((each) => each.name === name);
              return rate === undefined ? (
                '–'
              ) : (
                <span title={`${formatCount(rate.count)} / ${formatCount(rate.of)}`}>
                  {formatPercent(rate.value)}
                </span>
              );
            }),
          ]}
        />
      )}
    </section>
  );
}

function useOffered({ subject, runs }: Report): { value: string; label: string }[] {
  const campaigns = useCampaignHeads();
  const channels = useDocuments('channel');
  const others = useRuns(runs[0]?.campaign);
  if (subject.kind === 'channel') {
    return named('channel', channels.data ?? []);
  }
  if (subject.kind === 'campaign') return named('campaign', campaigns.data ?? []);
  const live = others.data?.filter(({ mode }) => mode === 'live') ?? [];
  return live.map(({ run, started_at }) => ({
    value: `run:${run}`,
    label: formatTime(started_at),
  }));
}

function named(kind: string, documents: { name: string; label?: string | null }[]) {
  return documents.map(({ name, label }) => ({
    value: `${kind}:${name}`,
    label: label ?? humanize(name),
  }));
}

function keyOf({ kind, name }: Subject): string {
  return `${kind}:${name}`;
}

function subjectOf(key: string): Subject {
  const [first, ...rest] = key.split(':');
  const kind = SUBJECT_KINDS.find((each) => each === first) ?? 'campaign';
  return { kind, name: rest.join(':') };
}
