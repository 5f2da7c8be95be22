/**
 * A campaign taken into named parts, so that two of them can be compared, patched and brought together. Pure.
 *
 * A part is a field of the document, a setting of an activity, a transition, a position, or the order of activities
 * and transitions. Parts have names that do not depend on places in lists.
 */
import type { ActivityDocument, CampaignDocument, TransitionDocument } from '@/api/types';

export type Parts = Map<string, unknown>;
/** What became of one part; `undefined` where there is none. */
export interface Change {
  part: string;
  before: unknown;
  after: unknown;
}
export type Patch = Change[];

const DOCUMENT = 'document/';
const CANVAS = 'canvas/';
const ACTIVITY = 'activity/';
const TRANSITION = 'transition/';
const POSITION = 'position/';
const ACTIVITY_ORDER = 'order/activities';
const TRANSITION_ORDER = 'order/transitions';

export function toParts(document: CampaignDocument): Parts {
  const parts: Parts = new Map();
  const { canvas, ...fields } = document;
  for (const [name, value] of Object.entries(fields)) parts.set(DOCUMENT + name, value);
  const { activities, transitions = [], positions = {}, ...others } = canvas;
  for (const [name, value] of Object.entries(others)) parts.set(CANVAS + name, value);
  for (const { id, ...settings } of activities) {
    for (const [name, value] of Object.entries(settings)) parts.set(activityPart(id, name), value);
  }
  for (const transition of transitions) parts.set(TRANSITION + keyOf(transition), transition);
  for (const [id, place] of Object.entries(positions)) parts.set(POSITION + id, place);
  parts.set(
    ACTIVITY_ORDER,
    activities.map(({ id }) => id),
  );
  parts.set(TRANSITION_ORDER, transitions.map(keyOf));
  return parts;
}

export function fromParts(parts: Parts): CampaignDocument {
  const fields: Record<string, unknown> = {};
  const canvas: Record<string, unknown> = {};
  const activities = new Map<string, Record<string, unknown>>();
  const transitions = new Map<string, TransitionDocument>();
  const positions: Record<string, { x: number; y: number }> = {};
  for (const [part, value] of parts) {
    if (value === undefined) continue;
    if (part.startsWith(DOCUMENT)) fields[part.slice(DOCUMENT.length)] = value;
    else if (part.startsWith(CANVAS)) canvas[part.slice(CANVAS.length)] = value;
    else if (part.startsWith(TRANSITION)) {
      transitions.set(part.slice(TRANSITION.length), value as TransitionDocument);
    } else if (part.startsWith(POSITION)) {
      positions[part.slice(POSITION.length)] = value as { x: number; y: number };
    } else if (part.startsWith(ACTIVITY)) {
      const [id = '', name = ''] = splitActivity(part);
      const settings = activities.get(id) ?? { id };
      settings[name] = value;
      activities.set(id, settings);
    }
  }
  const placed = Object.keys(positions).length > 0;
  return {
    ...fields,
    canvas: {
      ...canvas,
      activities: inOrder(activities, parts.get(ACTIVITY_ORDER)) as unknown as ActivityDocument[],
      transitions: inOrder(transitions, parts.get(TRANSITION_ORDER)),
      ...(placed && { positions }),
    },
  } as CampaignDocument;
}

/** What leads from one document to another. */
export function diffDocuments(before: CampaignDocument, after: CampaignDocument): Patch {
  if (before === after) return [];
  const former = toParts(before);
  const latter = toParts(after);
  const patch: Patch = [];
  for (const part of new Set([...former.keys(), ...latter.keys()])) {
    const [a, b] = [former.get(part), latter.get(part)];
    if (!same(a, b)) patch.push({ part, before: a, after: b });
  }
  return patch;
}

export function applyPatch(document: CampaignDocument, patch: Patch): CampaignDocument {
  const parts = toParts(document);
  for (const { part, after } of patch) parts.set(part, after);
  return fromParts(parts);
}

export function reversePatch(patch: Patch): Patch {
  return patch.map(({ part, before, after }) => ({ part, before: after, after: before }));
}

/** Two changes that follow each other as one. */
export function joinPatches(first: Patch, second: Patch): Patch {
  const joined = new Map(first.map((change) => [change.part, change]));
  for (const change of second) {
    const former = joined.get(change.part);
    joined.set(change.part, former === undefined ? change : { ...change, before: former.before });
  }
  return [...joined.values()].filter(({ before, after }) => !same(before, after));
}

export interface Merged {
  document: CampaignDocument;
  /** Ids of the activities, or names of the fields, that both changed in different ways; mine was taken. */
  conflicts: string[];
}

/** What two people made of the same document, as one. */
export function mergeDocuments(
  base: CampaignDocument,
  mine: CampaignDocument,
  theirs: CampaignDocument,
): Merged {
  const common = toParts(base);
  const parts = toParts(theirs);
  const conflicts = new Set<string>();
  for (const { part, after } of diffDocuments(base, mine)) {
    const other = parts.get(part);
    if (part === ACTIVITY_ORDER || part === TRANSITION_ORDER) {
      parts.set(part, mergeOrder(after as string[], (other ?? []) as string[]));
      continue;
    }
    if (!same(other, common.get(part)) && !same(other, after)) conflicts.add(subject(part));
    parts.set(part, after);
  }
  const gone = removedActivities(base, mine);
  for (const id of removedActivities(base, theirs)) {
    const touched = [...diffDocuments(base, mine)].some(
      ({ part, after }) => part.startsWith(`${ACTIVITY}${id}/`) && after !== undefined,
    );
    if (touched) conflicts.add(id);
    else gone.add(id);
  }
  for (const part of [...parts.keys()]) {
    if (part.startsWith(ACTIVITY) && gone.has(splitActivity(part)[0] ?? '')) parts.delete(part);
  }
  return { document: withoutDangling(fromParts(parts)), conflicts: [...conflicts] };
}

function removedActivities(before: CampaignDocument, after: CampaignDocument): Set<string> {
  const left = new Set(after.canvas.activities.map(({ id }) => id));
  return new Set(before.canvas.activities.map(({ id }) => id).filter((id) => !left.has(id)));
}

function withoutDangling(document: CampaignDocument): CampaignDocument {
  const known = new Set(document.canvas.activities.map(({ id }) => id));
  const transitions = (document.canvas.transitions ?? []).filter(
    ({ from, to }) => known.has(from.split('.')[0] ?? '') && known.has(to),
  );
  return { ...document, canvas: { ...document.canvas, transitions } };
}

/** Theirs first, with what is only mine behind. */
function mergeOrder(mine: string[], theirs: string[]): string[] {
  const known = new Set(theirs);
  return [...theirs, ...mine.filter((name) => !known.has(name))];
}

function inOrder<T>(items: Map<string, T>, order: unknown): T[] {
  const names = Array.isArray(order) ? (order as string[]) : [];
  const known = new Set(names);
  const sorted = [...names, ...[...items.keys()].filter((name) => !known.has(name))];
  return sorted.flatMap((name) => {
    const item = items.get(name);
    return item === undefined ? [] : [item];
  });
}

function subject(part: string): string {
  if (part.startsWith(ACTIVITY)) return splitActivity(part)[0] ?? part;
  return part.slice(part.indexOf('/') + 1);
}

function activityPart(id: string, name: string): string {
  return `${ACTIVITY}${id}/${name}`;
}

function splitActivity(part: string): [string?, string?] {
  const rest = part.slice(ACTIVITY.length);
  const at = rest.indexOf('/');
  return [rest.slice(0, at), rest.slice(at + 1)];
}

function keyOf({ from, to }: TransitionDocument): string {
  return `${from}>${to}`;
}

/** Whether two JSON values say the same; the order of fields does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(x).filter((name) => x[name] !== undefined);
  const others = Object.keys(y).filter((name) => y[name] !== undefined);
  return names.length === others.length && names.every((name) => same(x[name], y[name]));
}
