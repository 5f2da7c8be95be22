/** Shares of a split. Pure. */

export interface Limit {
  number?: number;
  percent?: number;
  of?: string;
  sort?: unknown;
  ties?: string;
  per?: unknown;
  values?: unknown;
}
export interface Subset {
  id: string;
  label?: string;
  where?: unknown;
  limit?: Limit;
  segment_code?: string;
  skip_when_empty?: boolean;
  [other: string]: unknown;
}
export interface Share {
  id: string;
  label: string;
  /** Of what arrives, 0 to 100; `undefined` where only a run can tell. */
  percent: number | undefined;
}

export function readSubsets(value: unknown): Subset[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter(
    (each): each is Subset =>
      typeof each === 'object' && each !== null && typeof (each as Subset).id === 'string',
  );
}

/**
 * How much each subset takes, as far as it is known before a run, with what is left at the end. Where they overlap,
 * each takes of all, and nobody knows what is left.
 */
export function sharesOf(
  subsets: Subset[],
  overlap = false,
): { shares: Share[]; rest: number | undefined } {
  if (overlap) {
    const shares = subsets.flatMap((subset) => sharesOf([subset]).shares);
    return { shares, rest: undefined };
  }
  let left: number | undefined = 100;
  const shares = subsets.map(({ id, label, where, limit }): Share => {
    const name = label ?? id;
    const filtered = hasRules(where);
    const wanted = limit?.percent;
    const known =
      limit?.number === undefined &&
      (!filtered || (wanted !== undefined && limit?.of !== 'matching'));
    if (!known || left === undefined) {
      left = undefined;
      return { id, label: name, percent: filtered ? undefined : wanted };
    }
    const percent: number = Math.min(wanted ?? left, left);
    // A filter may leave fewer than its limit allows.
    left = filtered ? undefined : Math.max(0, round(left - percent));
    return { id, label: name, percent: round(percent) };
  });
  return { shares, rest: left };
}

/** A share changed by hand, so that shares that divide everything go on doing so. */
export function setPercent(subsets: Subset[], index: number, percent: number): Subset[] {
  return subsets.map((subset, at) => {
    if (at !== index) return subset;
    const { number: _number, ...limit } = subset.limit ?? {};
    return { ...subset, limit: { ...limit, percent } };
  });
}

/** The same share for all; the last takes what is left by rounding. */
export function equalShares(subsets: Subset[]): Subset[] {
  const share = Math.floor((100 / Math.max(1, subsets.length)) * 100) / 100;
  return subsets.map((subset, index) => {
    const { limit: _limit, ...rest } = subset;
    return index === subsets.length - 1 ? rest : { ...rest, limit: { percent: share } };
  });
}

export function freshSubset(subsets: Subset[]): Subset {
  const known = new Set(subsets.map(({ id }) => id));
  const letter = [...'abcdefghijklmnopqrstuvwxyz'].find((each) => !known.has(each));
  return { id: letter ?? `subset_${subsets.length + 1}` };
}

function hasRules(where: unknown): boolean {
  if (typeof where !== 'object' || where === null) return false;
  return !('rules' in where) || (Array.isArray(where.rules) && where.rules.length > 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
