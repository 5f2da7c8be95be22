/** Orders of rows, in every form that settings write them in. Pure. */
import { readOperand, type Operand } from '@/rules/operand';
import { asObject } from '@/ui/form/schema';

export interface Sort {
  by: Operand | undefined;
  descending: boolean;
}

/** One order or a list of them, each by `by` or `field`, or by `expression` in its place. */
export function readSorts(value: unknown): Sort[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list
    .filter((each) => each !== null)
    .map((each) => {
      const { by, field, expression, order } = asObject(each);
      const written = typeof expression === 'string' ? { expression } : readOperand(by ?? field);
      return { by: written, descending: order === 'descending' };
    });
}

/** `{by, order}`, a list of such where there are several, nothing for none. */
export function writeSorts(sorts: Sort[]): unknown {
  const written = sorts.map(({ by, descending }) => ({ by: by ?? '', ...direction(descending) }));
  return written.length > 1 ? written : written[0];
}

/** A list of `{field, order}` and `{expression, order}`, as files are sorted. */
export function writeFlatSorts(sorts: Sort[]): unknown {
  if (sorts.length === 0) return undefined;
  return sorts.map(({ by, descending }) => ({
    ...(typeof by === 'object' ? by : { field: by ?? '' }),
    ...direction(descending),
  }));
}

function direction(descending: boolean) {
  return descending ? { order: 'descending' as const } : {};
}
