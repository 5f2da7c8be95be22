/** Signals as programs send them. Pure. */
import type { Signal } from '@/api/lifecycle';
import type { Variable } from '@/features/common/launching';

/** What is typed, as values of the parameters' types; what is left empty is not given. */
export function signalOf(
  variables: Variable[],
  given: Record<string, string>,
  key: string,
): Signal {
  const values = variables.flatMap(({ name, type }): [string, unknown][] => {
    const text = given[name];
    return text === undefined || text === '' ? [] : [[name, typed(type, text)]];
  });
  return {
    variables: Object.fromEntries(values),
    ...(key.trim() !== '' && { idempotency_key: key.trim() }),
  };
}

/** The request for a shell. */
export function curlOf(origin: string, campaign: string, signal: Signal): string {
  const body = JSON.stringify(signal).replaceAll("'", `'\\''`);
  const url = `${origin}/api/v1/campaigns/${encodeURIComponent(campaign)}/signal`;
  return `curl -s ${url} \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;
}

/** Decimals stay texts, so that no digit is lost. */
function typed(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true';
  if (type !== 'integer' && type !== 'number') return text;
  const number = Number(text);
  return Number.isFinite(number) && (type === 'number' || Number.isSafeInteger(number))
    ? number
    : text;
}
