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

interface Entry {
  id?: unknown;
}

/** The port whose entry gets another id by these settings; entries that move, come or go are none. */
export function renamedPort(
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown>,
): { from: string; to: string } | undefined {
  for (const list of LISTS) {
    const [former, next] = [before?.[list], after[list]];
    if (!Array.isArray(former) || !Array.isArray(next) || former.length !== next.length) continue;
    const ids = (entries: unknown[]) => entries.map((entry) => (entry as Entry | null)?.id);
    const [old, now] = [ids(former), ids(next)];
    const changed = old.flatMap((id, index) => (id === now[index] ? [] : [index]));
    const [at] = changed;
    if (changed.length !== 1 || at === undefined) continue;
    const [from, to] = [old[at], now[at]];
    const isFree = typeof to === 'string' && to !== '' && !old.includes(to);
    if (typeof from === 'string' && from !== '' && isFree) return { from, to };
  }
  return undefined;
}
