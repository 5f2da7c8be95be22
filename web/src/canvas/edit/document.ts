/** Edits of a campaign's canvas as pure functions on its document. */
import type { ActivityDocument, CampaignDocument, TransitionDocument } from '@/api/types';
import { renameIn } from '@/canvas/edit/references';
import { parsePort, portText, type PortRef } from '@/canvas/graph';
import type { Point } from '@/canvas/layout';
import { renamedPort } from '@/canvas/ports';

export type Positions = Record<string, Point>;
export interface Added {
  document: CampaignDocument;
  /** The activities that are new. */
  ids: string[];
}
export interface TransitionRef extends PortRef {
  to: string;
}
/** Where a new activity is put. */
export type Spot =
  | { kind: 'free'; at?: Point }
  | { kind: 'after'; port: PortRef }
  | { kind: 'before'; activity: string }
  | { kind: 'on'; transition: TransitionRef };

/** Distance between an activity and the one that is put after it by hand. */
const STEP_DOWN = 140;
/** How far a copy lies from its original. */
const COPY_SHIFT = 40;
export function activityOf(document: CampaignDocument, id: string): ActivityDocument | undefined {
  return document.canvas.activities.find((activity) => activity.id === id);
}

export function transitionsOf(document: CampaignDocument): TransitionDocument[] {
  return document.canvas.transitions ?? [];
}

/** A new id, made of the kind's name: `build_audience`, `build_audience_2`. */
export function freshId(taken: Iterable<string>, wanted: string): string {
  const known = new Set(taken);
  const base = wanted.replaceAll(/[^A-Za-z0-9_-]+/g, '_').replaceAll('-', '_') || 'activity';
  const stem = base.replace(/_\d+$/, '');
  if (!known.has(base)) return base;
  let number = 2;
  while (known.has(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}

/** Adds an activity at a spot, with its transitions. `port` is where its rows go on, if anywhere. */
export function addActivity(
  document: CampaignDocument,
  made: Omit<ActivityDocument, 'id'> & { type: string },
  spot: Spot,
  port: string | undefined = undefined,
): Added {
  const id = freshId(
    document.canvas.activities.map((activity) => activity.id),
    made.type,
  );
  const activity: ActivityDocument = { ...made, id };
  const grown = withCanvas(document, { activities: [...document.canvas.activities, activity] });
  return { document: place(attach(grown, id, spot, port), id, spot), ids: [id] };
}

function attach(
  document: CampaignDocument,
  id: string,
  spot: Spot,
  port: string | undefined,
): CampaignDocument {
  switch (spot.kind) {
    case 'free':
      return document;
    case 'after':
      return connect(document, spot.port, id);
    case 'before':
      return port === undefined
        ? document
        : connect(document, { activity: id, port }, spot.activity);
    case 'on': {
      const { to, ...from } = spot.transition;
      const into = replaceTransition(document, spot.transition, { from: portText(from), to: id });
      return port === undefined ? into : connect(into, { activity: id, port }, to);
    }
  }
}

/** A new activity gets a position only where the others have theirs by hand. */
function place(document: CampaignDocument, id: string, spot: Spot): CampaignDocument {
  const { positions } = document.canvas;
  if (positions === undefined || Object.keys(positions).length === 0) return document;
  return withCanvas(document, { positions: { ...positions, [id]: placeOf(positions, spot) } });
}

function placeOf(positions: Positions, spot: Spot): Point {
  const of = (id: string): Point => positions[id] ?? { x: 0, y: 0 };
  switch (spot.kind) {
    case 'free':
      return spot.at ?? below(positions);
    case 'after': {
      const { x, y } = of(spot.port.activity);
      return free(positions, { x, y: y + STEP_DOWN });
    }
    case 'before': {
      const { x, y } = of(spot.activity);
      return free(positions, { x, y: y - STEP_DOWN });
    }
    case 'on': {
      const [a, b] = [of(spot.transition.activity), of(spot.transition.to)];
      return free(positions, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    }
  }
}

function below(positions: Positions): Point {
  const all = Object.values(positions);
  const left = Math.min(...all.map(({ x }) => x));
  return { x: left, y: Math.max(...all.map(({ y }) => y)) + STEP_DOWN };
}

/** The nearest place to the right where nothing lies. */
function free(positions: Positions, wanted: Point): Point {
  const taken = Object.values(positions);
  let { x } = wanted;
  while (taken.some((at) => Math.abs(at.x - x) < 250 && Math.abs(at.y - wanted.y) < 80)) x += 280;
  return { x, y: wanted.y };
}

/** Connects a port with an activity; nothing changes where that would be a second time or a circle. */
export function connect(document: CampaignDocument, from: PortRef, to: string): CampaignDocument {
  if (whyNotConnect(document, from, to) !== undefined) return document;
  const transition = { from: portText(from), to };
  return withCanvas(document, { transitions: [...transitionsOf(document), transition] });
}

export type Obstacle = 'itself' | 'twice' | 'circle';

export function whyNotConnect(
  document: CampaignDocument,
  from: PortRef,
  to: string,
): Obstacle | undefined {
  if (from.activity === to) return 'itself';
  if (transitionsOf(document).some((each) => each.to === to && each.from === portText(from))) {
    return 'twice';
  }
  return reaches(document, to, from.activity) ? 'circle' : undefined;
}

/** Whether rows that leave `start` can come to `end`. */
export function reaches(document: CampaignDocument, start: string, end: string): boolean {
  const next = successors(document);
  const seen = new Set<string>();
  const open = [start];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === end) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(next.get(at) ?? []));
  }
  return false;
}

export function successors(document: CampaignDocument): Map<string, string[]> {
  const next = new Map<string, string[]>();
  for (const { from, to } of transitionsOf(document)) {
    const { activity } = parsePort(from);
    next.set(activity, [...(next.get(activity) ?? []), to]);
  }
  return next;
}

/** The activities that lead to `id`, near and far. */
export function ancestors(document: CampaignDocument, id: string): Set<string> {
  const before = new Map<string, string[]>();
  for (const { from, to } of transitionsOf(document)) {
    before.set(to, [...(before.get(to) ?? []), parsePort(from).activity]);
  }
  const seen = new Set<string>();
  const open = [...(before.get(id) ?? [])];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...(before.get(at) ?? []));
  }
  return seen;
}

export function disconnect(document: CampaignDocument, ref: TransitionRef): CampaignDocument {
  return replaceTransition(document, ref, undefined);
}

export function labelTransition(
  document: CampaignDocument,
  ref: TransitionRef,
  label: string,
): CampaignDocument {
  const base = { from: portText(ref), to: ref.to };
  return replaceTransition(document, ref, label === '' ? base : { ...base, label });
}

export function findTransition(
  document: CampaignDocument,
  ref: TransitionRef,
): TransitionDocument | undefined {
  return transitionsOf(document).find((each) => isTransition(each, ref));
}

function isTransition({ from, to }: TransitionDocument, ref: TransitionRef): boolean {
  const { activity, port } = parsePort(from);
  return activity === ref.activity && port === ref.port && to === ref.to;
}

function replaceTransition(
  document: CampaignDocument,
  ref: TransitionRef,
  by: TransitionDocument | undefined,
): CampaignDocument {
  const transitions = transitionsOf(document).flatMap((each) => {
    if (!isTransition(each, ref)) return [each];
    return by === undefined ? [] : [by];
  });
  return withCanvas(document, { transitions });
}

/** Removes activities. Where one had a single way in and a single way out, these are joined. */
export function removeActivities(document: CampaignDocument, ids: string[]): CampaignDocument {
  return ids.reduce(removeOne, document);
}

function removeOne(document: CampaignDocument, id: string): CampaignDocument {
  const all = transitionsOf(document);
  const into = all.filter(({ to }) => to === id);
  const out = all.filter(({ from }) => parsePort(from).activity === id);
  const rest = all.filter((each) => !into.includes(each) && !out.includes(each));
  const { [id]: gone, ...positions } = document.canvas.positions ?? {};
  const fewer = withCanvas(document, {
    activities: document.canvas.activities.filter((activity) => activity.id !== id),
    transitions: rest,
  });
  const without =
    gone === undefined ? fewer : arrange(fewer, isEmpty(positions) ? undefined : positions);
  const [first, second] = [into[0], out[0]];
  if (into.length !== 1 || out.length !== 1 || first === undefined || second === undefined) {
    return without;
  }
  return connect(without, parsePort(first.from), second.to);
}

/** Sets fields of an activity; `undefined` takes a field away. What is called otherwise is so wherever it is named. */
export function updateActivity(
  document: CampaignDocument,
  id: string,
  fields: Record<string, unknown>,
): CampaignDocument {
  const renamed = renamedPort(activityOf(document, id), fields);
  const changed = setFields(document, id, fields);
  return renamed === undefined ? changed : renamePort(changed, id, renamed.from, renamed.to);
}

function setFields(
  document: CampaignDocument,
  id: string,
  fields: Record<string, unknown>,
): CampaignDocument {
  const activities = document.canvas.activities.map((activity) => {
    if (activity.id !== id) return activity;
    return Object.fromEntries(
      Object.entries({ ...activity, ...fields }).filter(([, value]) => value !== undefined),
    ) as ActivityDocument;
  });
  return withCanvas(document, { activities });
}

/** Renames a port wherever it is named, as when a subset gets another id. */
export function renamePort(
  document: CampaignDocument,
  id: string,
  port: string,
  next: string,
): CampaignDocument {
  const transitions = transitionsOf(document).map((each) => {
    const ref = parsePort(each.from);
    if (ref.activity !== id || ref.port !== port) return each;
    return { ...each, from: portText({ activity: id, port: next }) };
  });
  const renaming = {
    ids: document.canvas.activities.map((activity) => activity.id),
    activities: new Map<string, string>(),
    port: { activity: id, from: port, to: next },
  };
  const activities = document.canvas.activities.map((activity) => {
    const renamed = renameIn(activity, renaming);
    const isDeadline = activity.id === id && activity.on_deadline === port;
    return isDeadline ? { ...renamed, on_deadline: next } : renamed;
  });
  return withCanvas(document, { activities, transitions });
}

/** Whether an activity may be called `next`. */
export function isFreeId(document: CampaignDocument, id: string, next: string): boolean {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(next)) return false;
  return next === id || activityOf(document, next) === undefined;
}

/** Gives an activity another id, wherever it is named. */
export function renameActivity(
  document: CampaignDocument,
  id: string,
  next: string,
): CampaignDocument {
  if (id === next || !isFreeId(document, id, next)) return document;
  const { positions } = document.canvas;
  const renaming = {
    ids: document.canvas.activities.map((activity) => activity.id),
    activities: new Map([[id, next]]),
  };
  const activities = document.canvas.activities.map((activity) => {
    const renamed = renameIn(activity, renaming);
    return activity.id === id ? { ...renamed, id: next } : renamed;
  });
  const transitions = transitionsOf(document).map((each) => {
    const ref = parsePort(each.from);
    const from = ref.activity === id ? portText({ ...ref, activity: next }) : each.from;
    return { ...each, from, to: each.to === id ? next : each.to };
  });
  const moved =
    positions === undefined
      ? undefined
      : Object.fromEntries(
          Object.entries(positions).map(([name, at]) => [name === id ? next : name, at]),
        );
  return withCanvas(document, { activities, transitions, ...(moved && { positions: moved }) });
}

export function moveActivities(document: CampaignDocument, moved: Positions): CampaignDocument {
  return withCanvas(document, { positions: { ...document.canvas.positions, ...rounded(moved) } });
}

/** Takes these positions for all; without any, the canvas arranges itself. */
export function arrange(
  document: CampaignDocument,
  positions: Positions | undefined,
): CampaignDocument {
  const { positions: _former, ...canvas } = document.canvas;
  if (positions === undefined) return { ...document, canvas };
  return { ...document, canvas: { ...canvas, positions: rounded(positions) } };
}

function isEmpty(positions: Positions): boolean {
  return Object.keys(positions).length === 0;
}

function rounded(positions: Positions): Positions {
  return Object.fromEntries(
    Object.entries(positions).map(([id, { x, y }]) => [id, { x: Math.round(x), y: Math.round(y) }]),
  );
}

/** Activities taken out of a canvas, to be put into the same or another one. */
export interface Clip {
  activities: ActivityDocument[];
  transitions: TransitionDocument[];
  positions: Positions;
}

export function copyActivities(document: CampaignDocument, ids: string[], shown: Positions): Clip {
  const wanted = new Set(ids);
  return {
    activities: document.canvas.activities.filter(({ id }) => wanted.has(id)),
    transitions: transitionsOf(document).filter(
      ({ from, to }) => wanted.has(parsePort(from).activity) && wanted.has(to),
    ),
    positions: Object.fromEntries(Object.entries(shown).filter(([id]) => wanted.has(id))),
  };
}

/** Puts copied activities in with ids of their own. At a spot, the first of them is connected there. */
export function pasteActivities(document: CampaignDocument, clip: Clip, spot: Spot): Added {
  const taken = new Set(document.canvas.activities.map(({ id }) => id));
  const renamed = new Map<string, string>();
  for (const { id } of clip.activities) {
    const next = freshId(taken, id);
    taken.add(next);
    renamed.set(id, next);
  }
  const name = (id: string) => renamed.get(id) ?? id;
  const renaming = { ids: clip.activities.map(({ id }) => id), activities: renamed };
  const activities = clip.activities.map((activity) => ({
    ...renameIn(activity, renaming),
    id: name(activity.id),
  }));
  const transitions = clip.transitions.map((each) => {
    const ref = parsePort(each.from);
    const from = portText({ ...ref, activity: name(ref.activity) });
    return { ...each, from, to: name(each.to) };
  });
  const grown = withCanvas(document, {
    activities: [...document.canvas.activities, ...activities],
    transitions: [...transitionsOf(document), ...transitions],
  });
  const placed = placeClip(grown, clip, name, spot);
  return { document: attachClip(placed, clip, name, spot), ids: activities.map(({ id }) => id) };
}

function placeClip(
  document: CampaignDocument,
  clip: Clip,
  name: (id: string) => string,
  spot: Spot,
): CampaignDocument {
  const { positions } = document.canvas;
  if (positions === undefined || Object.keys(positions).length === 0) return document;
  const first = clip.activities[0];
  const origin = first === undefined ? undefined : clip.positions[first.id];
  const at =
    spot.kind === 'free' && spot.at === undefined && origin !== undefined
      ? { x: origin.x + COPY_SHIFT, y: origin.y + COPY_SHIFT }
      : placeOf(positions, spot);
  const moved = clip.activities.map(({ id }, index) => {
    const from = clip.positions[id];
    const shift =
      from === undefined || origin === undefined
        ? { x: 0, y: index * STEP_DOWN }
        : { x: from.x - origin.x, y: from.y - origin.y };
    return [name(id), { x: at.x + shift.x, y: at.y + shift.y }];
  });
  return moveActivities(document, Object.fromEntries(moved) as Positions);
}

function attachClip(
  document: CampaignDocument,
  clip: Clip,
  name: (id: string) => string,
  spot: Spot,
): CampaignDocument {
  const inside = new Set(clip.transitions.map(({ to }) => to));
  const leaving = new Set(clip.transitions.map(({ from }) => parsePort(from).activity));
  const start = clip.activities.find(({ id }) => !inside.has(id));
  const ends = clip.activities.filter(({ id }) => !leaving.has(id));
  if (start === undefined || spot.kind === 'free') return document;
  if (spot.kind === 'after') return connect(document, spot.port, name(start.id));
  const end = ends.length === 1 ? ends[0] : undefined;
  const out = end === undefined ? undefined : { activity: name(end.id), port: 'out' };
  if (spot.kind === 'before') {
    return out === undefined ? document : connect(document, out, spot.activity);
  }
  const { to, ...from } = spot.transition;
  const into = { from: portText(from), to: name(start.id) };
  const cut = replaceTransition(document, spot.transition, into);
  return out === undefined ? cut : connect(cut, out, to);
}

/** Whether the transitions run more sideways than downwards, by where the activities lie. */
export function runsSideways(document: CampaignDocument): boolean {
  const positions = document.canvas.positions ?? {};
  let [across, along] = [0, 0];
  for (const { from, to } of transitionsOf(document)) {
    const [a, b] = [positions[parsePort(from).activity], positions[to]];
    if (a === undefined || b === undefined) continue;
    across += Math.abs(b.x - a.x);
    along += Math.abs(b.y - a.y);
  }
  return across > 1.5 * along;
}

export function withCanvas(
  document: CampaignDocument,
  part: Partial<CampaignDocument['canvas']>,
): CampaignDocument {
  return { ...document, canvas: { ...document.canvas, ...part } };
}
