/** The variables of a campaign as rows to be edited, in which a name may for a while stand twice. Pure. */

export interface VariableRow {
  name: string;
  type: string;
  value: unknown;
  /** Written as its value alone, whose type is the variable's. */
  plain: boolean;
}
type Variables = Record<string, unknown> | undefined;

export function rowsOf(variables: Variables): VariableRow[] {
  return Object.entries(variables ?? {}).map(([name, declared]) => {
    if (typeof declared === 'object' && declared !== null && 'type' in declared) {
      const { type, value } = declared as { type: unknown; value?: unknown };
      return { name, type: String(type), value, plain: false };
    }
    return { name, type: plainType(declared), value: declared, plain: true };
  });
}

/** What the rows say; of those without a name or with one that is taken, nothing. */
export function variablesFrom(rows: VariableRow[]): Variables {
  const found = rows.filter((row, index) => row.name !== '' && !isTaken(rows, index));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map((row) => [row.name, written(row)]));
}

/** Whether a row before this one has its name. */
export function isTaken(rows: VariableRow[], index: number): boolean {
  return rows.findIndex(({ name }) => name === rows[index]?.name) < index;
}

/** A name that no row has. */
export function freeName(rows: VariableRow[]): string {
  let number = rows.length + 1;
  while (rows.some(({ name }) => name === `variable_${number}`)) number += 1;
  return `variable_${number}`;
}

function written({ type, value, plain }: VariableRow): unknown {
  if (type === 'string') return value ?? '';
  if (plain && value !== undefined && plainType(value) === type) return value;
  return value === undefined || value === '' ? { type } : { type, value };
}

function plainType(value: unknown): string {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'number') return 'string';
  return Number.isInteger(value) ? 'integer' : 'number';
}
