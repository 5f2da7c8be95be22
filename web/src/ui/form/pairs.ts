/** Objects whose names are free, as the pairs that they are edited as. Pure. */

export type Pair = [key: string, value: unknown];

/** What an object says; what is none says nothing. */
export function pairsOf(value: unknown): Pair[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.entries(value) : [];
}

/** Pairs without a name are left out, and of several with one name the first counts. */
export function toObject(pairs: Pair[]): Record<string, unknown> {
  const named = pairs.filter(([key, value], index) => {
    return key !== '' && value !== undefined && !twice(pairs, index);
  });
  return Object.fromEntries(named);
}

/** Whether the name of a pair is that of one before it. */
export function twice(pairs: Pair[], index: number): boolean {
  const key = pairs[index]?.[0] ?? '';
  return key !== '' && pairs.slice(0, index).some(([other]) => other === key);
}
