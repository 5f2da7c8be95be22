import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from '@/ui/ui.module.css';

export interface DataColumn<Row> {
  id: string;
  header: ReactNode;
  align?: 'left' | 'right';
  width?: number | string;
  /** What rows are sorted by when its head is clicked; the greatest first where `latestFirst`. */
  sortBy?: string;
  latestFirst?: boolean;
  cell: (row: Row, index: number) => ReactNode;
}

export interface Sorting {
  by: string | undefined;
  descending: boolean;
  onSort: (by: string, descending: boolean) => void;
}

export interface DataTableProps<Row> {
  label: string;
  columns: DataColumn<Row>[];
  rows: Row[];
  rowKey: (row: Row, index: number) => string;
  dense?: boolean;
  /** Rows of a former request are shown while the next ones are on their way. */
  stale?: boolean;
  /** How the rows are sorted, where that can be chosen. */
  sorting?: Sorting;
  /** Mouse shortcut for what a link or button in the row also does. */
  onRowClick?: (row: Row) => void;
  isSelected?: (row: Row) => boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, dense = false, stale = false, sorting, onRowClick } = props;
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table} data-dense={dense} aria-busy={stale} aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                data-align={column.align}
                style={{ width: column.width }}
                aria-sort={sortedOf(column, sorting)}
              >
                <Head column={column} sorting={sorting} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr
              key={rowKey(row, index)}
              className={classes.row}
              data-clickable={onRowClick !== undefined}
              data-selected={props.isSelected?.(row) ?? false}
              onClick={() => onRowClick?.(row)}
            >
              {columns.map(({ id, align, cell }) => (
                <td key={id} data-align={align}>
                  {cell(row, index)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Sorted {
  header: ReactNode;
  sortBy?: string;
  latestFirst?: boolean;
}

function sortedOf({ sortBy }: Sorted, sorting: Sorting | undefined) {
  if (sortBy === undefined || sorting === undefined) return undefined;
  if (sorting.by !== sortBy) return 'none';
  return sorting.descending ? 'descending' : 'ascending';
}

/** A head that sorts by its column; a second click turns the order. */
function Head({ column, sorting }: { column: Sorted; sorting: Sorting | undefined }) {
  const { header, sortBy, latestFirst = false } = column;
  if (sortBy === undefined || sorting === undefined) return header;
  const chosen = sorting.by === sortBy;
  const Icon = sorting.descending ? IconArrowDown : IconArrowUp;
  return (
    <button
      type="button"
      className={classes.sort}
      onClick={() => sorting.onSort(sortBy, chosen ? !sorting.descending : latestFirst)}
    >
      {header}
      <Icon size={13} aria-hidden data-shown={chosen} />
    </button>
  );
}
