import type { ReactNode } from 'react';
import classes from '@/ui/ui.module.css';

export interface DataColumn<Row> {
  id: string;
  header: ReactNode;
  align?: 'left' | 'right';
  width?: number | string;
  cell: (row: Row, index: number) => ReactNode;
}

export interface DataTableProps<Row> {
  label: string;
  columns: DataColumn<Row>[];
  rows: Row[];
  rowKey: (row: Row, index: number) => string;
  dense?: boolean;
  /** Rows of a former request are shown while the next ones are on their way. */
  stale?: boolean;
  /** Mouse shortcut for what a link or button in the row also does. */
  onRowClick?: (row: Row) => void;
  isSelected?: (row: Row) => boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, dense = false, stale = false, onRowClick } = props;
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={classes.table} data-dense={dense} aria-busy={stale} aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ id, header, align, width }) => (
              <th key={id} scope="col" data-align={align} style={{ width }}>
                {header}
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
