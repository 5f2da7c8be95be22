/** Pairs of fields by which rows are matched. Pure. */
import type { FieldChoice } from '@/ui/fieldChoices';
import { pairsOf } from '@/ui/form/pairs';

/** Columns that say the same under one name on both sides, and that are not matched already. */
export function alikeFields(here: FieldChoice[], there: FieldChoice[], on: unknown): string[] {
  const taken = new Set(pairsOf(on).flatMap(([left, right]) => [left, String(right)]));
  const known = new Set(there.filter(({ way }) => way.length === 0).map(({ path }) => path));
  return here
    .filter(({ path, way }) => way.length === 0 && known.has(path) && !taken.has(path))
    .map(({ path }) => path);
}
