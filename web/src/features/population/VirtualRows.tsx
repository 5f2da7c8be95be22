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
import { AT_TOP, HEIGHT, ROW_HEIGHT, scrolledTo, windowAt } from '@/features/population/scroll';
import { rowKey } from '@/features/common/keys';
import classes from '@/features/population/population.module.css';
import { t } from '@/i18n';

/** The key of a line of a file. */
const LINE_KEY = ['__line'];

interface Props {
  run: string;
  activity: string;
  view: RowsView;
  columns: Column[];
  /** The names of those that are shown, in their order. */
  shown: string[];
  names: Names;
  total: number;
  dimension: string | undefined;
  order: string | undefined;
  onOrder: (order: string | undefined) => void;
  onTrace: (key: string) => void;
}

/** Rows of which only those in the window are there; pages come as they are scrolled to. */
export function VirtualRows(props: Props) {
  const { run, activity, view, columns, names, total, dimension, order } = props;
  const { onOrder, onTrace } = props;
  const [at, setAt] = useState(AT_TOP);
  const frame = useRef(0);
  const { first, last, before, after } = windowAt(at, total);
  const firstPage = Math.floor(first / ROWS_PAGE);
  const pages = Array.from(
    { length: Math.floor(Math.max(first, last - 1) / ROWS_PAGE) - firstPage + 1 },
    (_, index) => firstPage + index,
  );
  const found = useRowsPages(run, activity, view, pages);
  const keys = useKeys(dimension);
  const shown = props.shown.flatMap((name) => {
    const index = columns.findIndex((column) => column.name === name);
    const column = columns[index];
    return column === undefined ? [] : [{ ...column, index }];
  });
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
        const { scrollTop, scrollHeight, clientHeight } = currentTarget;
        frame.current = requestAnimationFrame(() =>
          setAt((former) => scrolledTo(former, scrollTop, scrollHeight - clientHeight, total)),
        );
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
          {before > 0 && <tr aria-hidden style={{ height: before }} />}
          {Array.from({ length: last - first }, (_, offset) => first + offset).map((index) => {
            const row = rowAt(index);
            const key = row === undefined ? undefined : keyOf(row, columns, keys);
            return (
              <tr key={index} aria-rowindex={index + 2} style={{ height: ROW_HEIGHT }}>
                <td className={classes.number}>{formatCount(index + 1)}</td>
                {shown.map(({ name, type, index: at }) => (
                  <td key={name}>{row === undefined ? '…' : formatCell(row[at], type)}</td>
                ))}
                <td>
                  {key !== undefined && (
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
                      {dimension !== undefined && (
                        <Link
                          to="/people/$dimension/$key"
                          params={{ dimension, key }}
                          aria-label={t('rows.person', { key })}
                        >
                          <IconUser size={14} aria-hidden />
                        </Link>
                      )}
                    </span>
                  )}
                </td>
              </tr>
            );
          })}
          {after > 0 && <tr aria-hidden style={{ height: after }} />}
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
  if (dimension === undefined) return LINE_KEY;
  return tables.find(({ name }) => name === table)?.primary_key ?? [];
}

/** The key as the ledger writes it; nothing where the rows do not carry it whole. */
function keyOf(row: unknown[], columns: Column[], keys: string[]): string | undefined {
  const parts = keys.flatMap((key) => {
    const index = columns.findIndex(({ name }) => name === key);
    return index === -1 ? [] : [row[index]];
  });
  return parts.length === 0 || parts.length < keys.length ? undefined : rowKey(parts);
}
