/** Where settings name other activities and their ports, and what becomes of them when these get other names. Pure. */
import { parsePort, portText } from '@/canvas/graph';

/** Settings that name a population, as `ACTIVITY` or `ACTIVITY.PORT`. */
const REFERENCES = new Set([
  'primary',
  'set',
  'priority',
  'population',
  'transition',
  'inbound',
  'count',
]);
/** Settings whose names inside are free, so that they say nothing of what stands behind them. */
const MAPS = new Set([
  'on',
  'set',
  'reconcile',
  'variables',
  'headers',
  'key',
  'labels',
  'remap',
  'values',
]);

export interface Renaming {
  /** The activities that names can mean, as they were called before. */
  ids: string[];
  /** The new names of activities, by the former. */
  activities: ReadonlyMap<string, string>;
  /** A port that is called otherwise, of an activity by its former name. */
  port?: { activity: string; from: string; to: string };
}

/** Settings with the new names wherever they stand: as references, in expressions, in templates. */
export function renameIn<T>(value: T, renaming: Renaming): T {
  return renamed(value, renaming, '') as T;
}

function renamed(value: unknown, renaming: Renaming, name: string): unknown {
  if (typeof value === 'string') return renamedText(value, renaming, name);
  if (Array.isArray(value)) return value.map((each) => renamed(each, renaming, name));
  if (typeof value !== 'object' || value === null) return value;
  const isMap = MAPS.has(name);
  const isVariable = 'valueSource' in value && value.valueSource === 'variable';
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const inside = isMap ? '' : isVariable && key === 'value' ? 'variable' : key;
      return [key, renamed(part, renaming, inside)];
    }),
  );
}

function renamedText(text: string, renaming: Renaming, name: string): string {
  if (REFERENCES.has(name)) {
    const ref = parsePort(text);
    const known = renaming.ids.includes(ref.activity);
    return known ? portText(renamedRef(ref.activity, ref.port, renaming)) : text;
  }
  if (name === 'variable') return renamedVariable(text, renaming);
  return text
    .replaceAll(/\$((?:rows|result)_\w+)/g, (_, fact: string) => {
      return `$${renamedVariable(fact, renaming)}`;
    })
    .replaceAll(
      /\b(variables(?:\.|\[["']))((?:rows|result)_\w+)/g,
      (_, before: string, fact: string) => before + renamedVariable(fact, renaming),
    );
}

function renamedRef(activity: string, port: string, { activities, port: other }: Renaming) {
  const isPort = other !== undefined && other.activity === activity && other.from === port;
  return { activity: activities.get(activity) ?? activity, port: isPort ? other.to : port };
}

/** `rows_target` and `rows_ab__gold` count what left an activity, `result_mail_sent` is what came of one. */
function renamedVariable(name: string, renaming: Renaming): string {
  const [, kind, rest = ''] = /^(rows|result)_(\w+)$/.exec(name) ?? [];
  // Of several that it can mean, the one with the longest name is meant.
  const longest = [...renaming.ids].sort((a, b) => b.length - a.length);
  if (kind === 'rows') {
    const whole = longest.find((id) => plain(id) === rest);
    if (whole !== undefined) return rowsName(renamedRef(whole, 'out', renaming));
    const id = longest.find((each) => rest.startsWith(`${plain(each)}__`));
    if (id === undefined) return name;
    const port = rest.slice(plain(id).length + 2);
    const { port: other } = renaming;
    const isPort = other?.activity === id && plain(other.from) === port;
    return rowsName(renamedRef(id, isPort ? other.from : port, renaming));
  }
  const id = longest.find((each) => rest.startsWith(`${plain(each)}_`));
  if (kind === undefined || id === undefined) return name;
  const result = rest.slice(plain(id).length + 1);
  return resultName(renamedRef(id, 'out', renaming).activity, result);
}

/** What expressions call the number of rows that left an activity by a port. */
export function rowsName({ activity, port }: { activity: string; port: string }): string {
  return port === 'out' ? `rows_${plain(activity)}` : `rows_${plain(activity)}__${plain(port)}`;
}

/** What expressions call something else that came of an activity. */
export function resultName(activity: string, result: string): string {
  return `result_${plain(activity)}_${result}`;
}

/** In the names of variables a `-` of an id is written `_`. */
function plain(id: string): string {
  return id.replaceAll('-', '_');
}
