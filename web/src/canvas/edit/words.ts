/** What an activity is called, and what is wrong with each. Pure. */
import type { ActivityDocument, CampaignCheck, CampaignDocument, ProblemItem } from '@/api/types';
import { isNamedPort } from '@/canvas/graph';
import { portLabel } from '@/canvas/ports';
import { t, tServer } from '@/i18n';
import { formatTime, humanize } from '@/ui/format';

export function activityLabel(activity: ActivityDocument): string {
  return activity.label ?? humanize(activity.id);
}

/** A sentence of the server in the reader's language, with what activities are called in place of their ids. */
export function namedIn(
  text: string,
  activities: ActivityDocument[],
  labelOf: (name: string) => string | undefined = () => undefined,
): string {
  return tServer(text)
    .replaceAll(/`([\w-]+)(?:\.([\w-]+))?`/g, (whole, id: string, port?: string) => {
      const activity = activities.find((each) => each.id === id);
      if (activity === undefined) {
        const label = port === undefined ? labelOf(id) : undefined;
        return label === undefined ? whole : t('word.quoted', { text: label });
      }
      const way = port === undefined || !isNamedPort(port) ? '' : ` · ${portLabel(activity, port)}`;
      return t('word.quoted', { text: `${activityLabel(activity)}${way}` });
    })
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g, (time) => formatTime(time));
}

export interface Trouble {
  errors: ProblemItem[];
  warnings: ProblemItem[];
}

/** What is wrong with each activity, by its id; under `''` what is wrong with the campaign as a whole. */
export function troubleByActivity(
  check: Pick<CampaignCheck, 'errors' | 'warnings'> | undefined,
  document: CampaignDocument,
): Map<string, Trouble> {
  const found = new Map<string, Trouble>();
  const put = (item: ProblemItem, list: keyof Trouble) => {
    const id = subjectOf(item, document);
    const trouble = found.get(id) ?? { errors: [], warnings: [] };
    trouble[list].push(item);
    found.set(id, trouble);
  };
  check?.errors.forEach((item) => put(item, 'errors'));
  check?.warnings.forEach((item) => put(item, 'warnings'));
  return found;
}

/** The activity that a problem is about: named, or where its pointer leads. */
export function subjectOf(item: ProblemItem, document: CampaignDocument): string {
  const { activities, transitions = [] } = document.canvas;
  if (item.activity && activities.some(({ id }) => id === item.activity)) return item.activity;
  const [, , list, index] = (item.pointer ?? '').split('/');
  if (list === 'activities') return activities[Number(index)]?.id ?? '';
  if (list === 'transitions') return transitions[Number(index)]?.from.split('.')[0] ?? '';
  return '';
}

/** Where inside of its activity a problem is, as the names of the way there. */
export function pathInActivity(item: ProblemItem): string[] {
  const match = /^\/canvas\/activities\/\d+\/(.+)$/.exec(item.pointer ?? '');
  return (match?.[1] ?? '').split('/').filter(Boolean).map(unescapePointer);
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
