import { readOneOf, readPage, readText, type RawSearch } from '@/features/common/search';

export const SIDES = ['comments', 'history', 'launches', 'tests'] as const;

export interface CampaignSearch {
  /** A run's id, or `none` for the plan alone; the newest run when absent. */
  run?: string;
  activity?: string;
  /** `ACTIVITY.PORT` of the population that is open. */
  port?: string;
  /** Page of that population. */
  page?: number;
  layout?: 'right';
  /** Whether the canvas is worked on. */
  edit?: 'yes' | 'no';
  /** `ACTIVITY.PORT>ACTIVITY` of the transition that is chosen. */
  transition?: string;
  /** What stands beside the canvas. */
  view?: 'code' | 'problems';
  /** What is open over the page. */
  side?: (typeof SIDES)[number];
}

export const NO_RUN = 'none';

export function readCampaignSearch(raw: RawSearch): CampaignSearch {
  return {
    run: readText(raw, 'run'),
    activity: readText(raw, 'activity'),
    port: readText(raw, 'port'),
    page: readPage(raw),
    layout: readOneOf(raw, 'layout', ['right']),
    edit: readOneOf(raw, 'edit', ['yes', 'no']),
    transition: readText(raw, 'transition'),
    view: readOneOf(raw, 'view', ['code', 'problems']),
    side: readOneOf(raw, 'side', SIDES),
  };
}
