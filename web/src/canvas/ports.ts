/** What the ways out of an activity are called. Pure. */
import type { ActivityDocument } from '@/api/types';
import { tMaybe } from '@/i18n';

/** Settings whose entries are ports, each by its id. */
const LISTS = ['subsets', 'conditions', 'branches', 'answers'] as const;

/** As the activity calls it, in the reader's language where it is one of Tutti's own, else by its name. */
export function portLabel(activity: ActivityDocument | undefined, port: string): string {
  for (const list of LISTS.map((setting) => activity?.[setting])) {
    if (!Array.isArray(list)) continue;
    const named = (list as { id?: unknown; label?: unknown }[]).find(({ id }) => id === port);
    if (typeof named?.label === 'string' && named.label !== '') return named.label;
  }
  return tMaybe('port', port) ?? port;
}
