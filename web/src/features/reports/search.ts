import { FIGURES, SUBJECT_KINDS, type SubjectKind } from '@/api/reports';
import { readOneOf, readPage, readText, type RawSearch } from '@/features/common/search';

export const STEPS = ['hour', 'day'] as const;

export interface ReportSearch {
  kind?: SubjectKind;
  name?: string;
  /** From when on and until when messages were settled. */
  from?: string;
  to?: string;
  /** What the figures are told apart by. */
  by?: string;
  /** The row that others are compared with. */
  base?: string;
  step?: (typeof STEPS)[number];
  /** Others beside it, as `kind:name`, with commas between. */
  with?: string;
}

export function readReportSearch(raw: RawSearch): ReportSearch {
  return {
    kind: readOneOf(raw, 'kind', SUBJECT_KINDS),
    name: readText(raw, 'name'),
    from: readText(raw, 'from'),
    to: readText(raw, 'to'),
    by: readText(raw, 'by'),
    base: readText(raw, 'base'),
    step: readOneOf(raw, 'step', STEPS),
    with: readText(raw, 'with'),
  };
}

export interface BehindSearch {
  kind?: SubjectKind;
  name?: string;
  from?: string;
  to?: string;
  figure?: string;
  by?: string;
  value?: string;
  search?: string;
  page?: number;
}

export function readBehindSearch(raw: RawSearch): BehindSearch {
  return {
    kind: readOneOf(raw, 'kind', SUBJECT_KINDS),
    name: readText(raw, 'name'),
    from: readText(raw, 'from'),
    to: readText(raw, 'to'),
    figure: readOneOf(raw, 'figure', FIGURES),
    by: readText(raw, 'by'),
    value: readText(raw, 'value'),
    search: readText(raw, 'search'),
    page: readPage(raw),
  };
}
