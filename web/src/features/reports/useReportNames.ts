import { useReport, type Subject } from '@/api/reports';
import { ledgerLook } from '@/canvas/states';
import { useNames, type Names } from '@/features/common/useNames';
import { sliceName } from '@/features/reports/names';
import { formatTime, reasonWords } from '@/ui/format';
import { t } from '@/i18n';

/** Before a field of the dimension that figures are told apart by. */
const FIELD = 'field:';

export interface ReportNames extends Names {
  /** What the report is about. */
  subject: string;
  /** The campaign of one of its runs. */
  campaignOf: (run: string) => string | undefined;
  /** What the figures are told apart by. */
  slice: (by: string) => string;
  /** A value that the figures are told apart by. */
  value: (by: string, value: string | null) => string;
}

/** What is called how in a report: its subject, its messages, and what its figures are told apart by. */
export function useReportNames(subject: Subject): ReportNames {
  const runs = useReport(subject).data?.runs ?? [];
  const campaigns = [...new Set(runs.map(({ campaign }) => campaign))];
  const names = useNames(subject.kind === 'campaign' ? [subject.name, ...campaigns] : campaigns);
  const startOf = (run: string) => runs.find((each) => each.run === run)?.started_at;
  const campaignOf = (run: string) => runs.find((each) => each.run === run)?.campaign;
  // Before the report is there, nothing is known of a run.
  const runName = (run: string) =>
    startOf(run) === undefined ? t('subject.run') : formatTime(startOf(run));
  const values: Record<string, (value: string) => string> = {
    activity: (value) => names.activity(value),
    campaign: names.campaign,
    channel: names.channel,
    dimension: names.dimension,
    run: runName,
    status: (value) => ledgerLook(value).label,
    reason: reasonWords,
  };
  return {
    ...names,
    subject: subjectName(subject, names, campaignOf, runName),
    campaignOf,
    slice: (by) => (by.startsWith(FIELD) ? names.column(by.slice(FIELD.length)) : sliceName(by)),
    value: (by, value) => (value === null ? t('word.noneSmall') : (values[by]?.(value) ?? value)),
  };
}

function subjectName(
  { kind, name }: Subject,
  names: Names,
  campaignOf: (run: string) => string | undefined,
  runName: (run: string) => string,
): string {
  if (kind === 'channel') return names.channel(name);
  if (kind === 'campaign') return names.campaign(name);
  const campaign = campaignOf(name);
  return campaign === undefined ? runName(name) : `${names.campaign(campaign)} · ${runName(name)}`;
}
