/** What a run of a campaign can be given, and which of its mailings ask before they send. Pure. */
import type { ActivityDocument, CampaignDocument, RunMode } from '@/api/types';

/** A value that a run may be given. */
export interface Variable {
  name: string;
  type: string;
  /** What it is without one being given, live and in a test; empty where there is none. */
  value: string;
  test: string;
  /** A run does not begin without a value. */
  needed: boolean;
}

interface Parameter {
  name?: unknown;
  type?: unknown;
  default?: unknown;
  test_value?: unknown;
}

/** Schedules whose mailings ask unless they say otherwise. */
const ONE_SHOT = ['asap', 'once'];

/** The variables of a campaign and the parameters of its signal, each once. */
export function variablesOf(document: CampaignDocument): Variable[] {
  const own = Object.entries(document.variables ?? {}).map(([name, declared]): Variable => {
    const { type, value } = typed(declared);
    return { name, type, value: textOf(value), test: textOf(value), needed: false };
  });
  const { parameters, on } = document.schedule ?? { parameters: undefined, on: undefined };
  const declared = (Array.isArray(parameters) ? parameters : []) as Parameter[];
  const taken = declared.map((parameter): Variable => {
    const name = textOf(parameter.name);
    const value = own.find((each) => each.name === name)?.value || textOf(parameter.default);
    const test = textOf(parameter.test_value) || value;
    return { name, type: textOf(parameter.type) || 'string', value, test, needed: true };
  });
  const names = new Set(taken.map(({ name }) => name));
  const byFile = typeof on === 'object' && on !== null && 'file' in on && !names.has('file');
  const file = { name: 'file', type: 'string', value: '', test: '', needed: true };
  return [...own.filter(({ name }) => !names.has(name)), ...taken, ...(byFile ? [file] : [])];
}

/** What a variable is without a value being given. */
export function valueIn(mode: RunMode, variable: Variable): string {
  return mode === 'test' ? variable.test : variable.value;
}

/** Those without a value that a run needs. */
export function missing(
  variables: Variable[],
  given: Record<string, string>,
  mode: RunMode,
): Variable[] {
  return variables.filter((each) => each.needed && !given[each.name] && valueIn(mode, each) === '');
}

/** The mailings that wait for a confirmation, and those that do not. */
export function mailings(
  document: CampaignDocument,
  isChannel: (type: string) => boolean,
): { asking: ActivityDocument[]; others: ActivityDocument[] } {
  const oneShot = ONE_SHOT.includes(document.schedule?.type ?? 'asap');
  const all = document.canvas.activities.filter(
    ({ type, enabled }) => enabled !== false && isChannel(type),
  );
  const asks = ({ send }: ActivityDocument) =>
    send === undefined || send === null ? oneShot : send === 'hold';
  return { asking: all.filter(asks), others: all.filter((each) => !asks(each)) };
}

function typed(declared: unknown): { type: string; value: unknown } {
  if (typeof declared === 'object' && declared !== null && 'type' in declared) {
    const { type, value } = declared as { type: unknown; value?: unknown };
    return { type: String(type), value };
  }
  if (typeof declared === 'boolean') return { type: 'boolean', value: declared };
  if (typeof declared !== 'number') return { type: 'string', value: declared };
  return { type: Number.isInteger(declared) ? 'integer' : 'number', value: declared };
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
