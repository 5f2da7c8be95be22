import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconRoute, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { ROWS_PAGE, useRowsPages, type RowsView } from '@/api/runs';
import { useDimensions } from '@/api/documents';
import { useTables } from '@/api/server';
import type { Column } from '@/api/types';
import type { Names } from '@/features/common/useNames';
import { formatCell, formatCount } from '@/ui/format';
import classes from '@/features/population/population.module.css';
import { t } from '@/i18n';

const ROW_HEIGHT = 28;
const HEIGHT = 600;
/** Rows above and below the window that are drawn as well. */
const SPARE = 12;

interface Props {
  run: string;
  activity: string;
  view: RowsView;
  columns: Column[];
  hidden: Set<string>;
  names: Names;
  total: number;
  dimension: string | undefined;
  order: string | undefined;
  onOrder: (order: string | undefined) => void;
  onTrace: (key: string) => void;
}

/** Rows of which only those in the window are there; pages come as they are scrolled to. */
export function VirtualRows(props: Props) {
  const { run, activity, view, columns, hidden, names, total, dimension, order } = props;
  const { onOrder, onTrace } = props;
  const [top, setTop] = useState(0);
  const frame = useRef(0);
  const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - SPARE);
  const last = Math.min(total, Math.ceil((top + HEIGHT) / ROW_HEIGHT) + SPARE);
  const firstPage = Math.floor(first / ROWS_PAGE);
  const pages = Array.from(
    { length: Math.floor(Math.max(first, last - 1) / ROWS_PAGE) - firstPage + 1 },
    (_, index) => firstPage + index,
  );
  const found = useRowsPages(run, activity, view, pages);
  const keys = useKeys(dimension);
  const shown = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ name }) => !hidden.has(name));
  const rowAt = (index: number) => {
    const page = found[Math.floor(index / ROWS_PAGE) - firstPage];
    return page?.rows[index % ROWS_PAGE];
  };
  return (
    <div
      className={classes.window}
      style={{ height: Math.min(HEIGHT, (total + 1) * ROW_HEIGHT + 14) }}
      tabIndex={0}
      role="region"
      aria-label={t('word.rows')}
      onScroll={({ currentTarget }) => {
        cancelAnimationFrame(frame.current);
        const next = currentTarget.scrollTop;
        frame.current = requestAnimationFrame(() => setTop(next));
      }}
    >
      <table className={classes.rows} aria-rowcount={total + 1} aria-label={t('word.rows')}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" className={classes.number}>
              #
            </th>
            {shown.map(({ name, type }) => (
              <th key={name} scope="col" aria-sort={sortOf(order, name)}>
                <button
                  type="button"
                  title={`${name} · ${type}`}
                  onClick={() => onOrder(nextOrder(order, name))}
                >
                  {names.field(name, dimension)}
                  {order === name && <IconArrowUp size={13} aria-hidden />}
                  {order === `-${name}` && <IconArrowDown size={13} aria-hidden />}
                </button>
              </th>
            ))}
            <th scope="col">{t('word.actions')}</th>
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden style={{ height: first * ROW_HEIGHT }} />}
          {Array.from({ length: last - first }, (_, offset) => first + offset).map((index) => {
            const row = rowAt(index);
            const key = row === undefined ? undefined : keyOf(row, columns, keys);
            return (
              <tr key={index} aria-rowindex={index + 2} style={{ height: ROW_HEIGHT }}>
                <td className={classes.number}>{formatCount(index + 1)}</td>
                {shown.map(({ name, index: at }) => (
                  <td key={name}>{row === undefined ? '…' : formatCell(row[at])}</td>
                ))}
                <td>
                  {key !== undefined && dimension !== undefined && (
                    <span className={classes.actions}>
                      <Tooltip label={t('person.trace')}>
                        <ActionIcon
                          size="xs"
                          variant="subtle"
                          color="gray"
                          aria-label={t('trace.of', { key })}
                          onClick={() => onTrace(key)}
                        >
                          <IconRoute size={14} />
                        </ActionIcon>
                      </Tooltip>
                      <Link
                        to="/people/$dimension/$key"
                        params={{ dimension, key }}
                        aria-label={t('rows.person', { key })}
                      >
                        <IconUser size={14} aria-hidden />
                      </Link>
                    </span>
                  )}
                </td>
              </tr>
            );
          })}
          {last < total && <tr aria-hidden style={{ height: (total - last) * ROW_HEIGHT }} />}
        </tbody>
      </table>
    </div>
  );
}

function sortOf(order: string | undefined, name: string) {
  if (order === name) return 'ascending' as const;
  return order === `-${name}` ? ('descending' as const) : undefined;
}

/** Ascending, then descending, then as the rows were written. */
function nextOrder(order: string | undefined, name: string): string | undefined {
  if (order === name) return `-${name}`;
  return order === `-${name}` ? undefined : name;
}

function useKeys(dimension: string | undefined): string[] {
  const tables = useTables().data ?? [];
  const table = useDimensions().find(({ name }) => name === dimension)?.table;
  return tables.find(({ name }) => name === table)?.primary_key ?? [];
}

/** The key as the ledger writes it. */
function keyOf(row: unknown[], columns: Column[], keys: string[]): string | undefined {
  const parts = columns.flatMap(({ name }, index) =>
    keys.includes(name) ? [String(row[index])] : [],
  );
  if (parts.length <= 1) return parts[0];
  return parts.map((part) => part.replaceAll('\\', '\\\\').replaceAll(',', '\\,')).join(',');
}
