/** Activities on the clipboard, as text that any tab of Tutti, and any editor, can read. Pure. */
import type { ActivityDocument, TransitionDocument } from '@/api/types';
import type { Clip, Positions } from '@/canvas/edit/document';

const MARK = 'tutti/activities';

export function clipText({ activities, transitions, positions }: Clip): string {
  return JSON.stringify({ tutti: MARK, activities, transitions, positions }, null, 2);
}

/** The activities in a text; `undefined` where it is something else. */
export function readClip(text: string): Clip | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.tutti !== MARK) return undefined;
  const activities = list(value.activities).filter(
    (each): each is ActivityDocument =>
      isObject(each) && typeof each.id === 'string' && typeof each.type === 'string',
  );
  const known = new Set(activities.map(({ id }) => id));
  const transitions = list(value.transitions).filter(
    (each): each is TransitionDocument =>
      isObject(each) &&
      typeof each.from === 'string' &&
      known.has(each.from.split('.')[0] ?? '') &&
      known.has(String(each.to)),
  );
  const positions = (isObject(value.positions) ? value.positions : {}) as Positions;
  return activities.length === 0 ? undefined : { activities, transitions, positions };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
