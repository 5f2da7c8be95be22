import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import { apiGet, apiPath } from '@/api/client';
import type {
  Subject,
  Report,
  Breakdown,
  Timeline,
  ReportPerson,
  PeopleQuery,
} from '@/api/dataTypes';

export { SUBJECT_KINDS, FIGURES } from '@/api/dataTypes';
export type {
  Subject,
  Rate,
  ReasonCount,
  Report,
  RateDifference,
  BreakdownRow,
  Breakdown,
  TimelinePoint,
  Timeline,
  ReportPerson,
  PeopleQuery,
  SubjectKind,
  Figure,
  Figures,
} from '@/api/dataTypes';

/** How long a report of something that goes on is shown before it is asked for again. */
const LIVE_REFRESH_MS = 10_000;

export function useReport(subject: Subject) {
  return useQuery({
    queryKey: ['reports', subject],
    queryFn: ({ signal }) => apiGet<Report>('/reports', of(subject), signal),
    placeholderData: (former, query) => (isOf(query?.queryKey, subject) ? former : undefined),
    refetchInterval: ({ state }) => (state.data?.ended === false ? LIVE_REFRESH_MS : false),
  });
}

/** Whether a question was about the same, in whatever time. */
function isOf(key: readonly unknown[] | undefined, { kind, name }: Subject): boolean {
  const asked = key?.[1] as Subject | undefined;
  return asked?.kind === kind && asked.name === name;
}

export function useReports(subjects: Subject[]) {
  return useQueries({
    queries: subjects.map((subject) => ({
      queryKey: ['reports', subject],
      queryFn: () => apiGet<Report>('/reports', of(subject)),
    })),
  });
}

export function useBreakdown(subject: Subject, by: string, base: string | undefined) {
  return useQuery({
    queryKey: ['reports', subject, 'by', by, base],
    queryFn: ({ signal }) =>
      apiGet<Breakdown>('/reports/breakdown', { ...of(subject), by, base }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useTimeline(subject: Subject, step: string, zone: string) {
  return useQuery({
    queryKey: ['reports', subject, 'timeline', step, zone],
    queryFn: ({ signal }) =>
      apiGet<Timeline>('/reports/timeline', { ...of(subject), step, zone }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useReportPeople(subject: Subject, query: PeopleQuery) {
  return useQuery({
    queryKey: ['reports', subject, 'people', query],
    queryFn: ({ signal }) =>
      apiGet<{ total: number; rows: ReportPerson[] }>(
        '/reports/people',
        { ...of(subject), ...query },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
}

/** Where the report is as a file. */
export function exportPath(subject: Subject, query: Record<string, string | undefined>): string {
  return apiPath('/reports/export', { ...of(subject), ...query });
}

function of({ kind, name, from, to }: Subject): Record<string, string | undefined> {
  return { [kind]: name, from, to };
}
