import { Button, Group } from '@mantine/core';
import { IconFilterOff, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { DataTable, type DataTableProps } from '@/ui/DataTable';
import { Listed, type Asked } from '@/ui/Listed';
import { SearchInput } from '@/ui/SearchInput';
import { EmptyState } from '@/ui/states';
import classes from '@/features/run/run.module.css';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

/** What is said where there are no rows. */
interface Nothing {
  icon: Icon;
  title: string;
  text: string;
}

interface Props<Row> extends Omit<DataTableProps<Row>, 'label' | 'rows' | 'dense' | 'stale'> {
  title: string;
  /** Whether the title stands above the rows. */
  titled?: boolean;
  /** Beside the search. */
  filters: ReactNode;
  search: { label: string; value: string | undefined; onChange: (text: string) => void };
  filtered: boolean;
  onClear: () => void;
  query: Asked<unknown> & { isPlaceholderData: boolean };
  rows: Row[] | undefined;
  tableLabel: string;
  loading: string;
  cannotRead: string;
  nothing: Nothing;
  noMatch: Nothing;
  /** Under the rows, inside of their card. */
  pager?: ReactNode;
  /** Under the card. */
  children?: ReactNode;
}

/** What a run has recorded, with its filters, as a table. */
export function Records<Row>(props: Props<Row>) {
  const { title, titled = false, filters, search, filtered, onClear, pager, children } = props;
  return (
    <section className={classes.ledger} aria-label={title}>
      <Group justify={titled ? 'space-between' : 'flex-end'} mb={12} gap={10}>
        {titled && <h2 className={classes.title}>{title}</h2>}
        <Group gap={8}>
          {filtered && (
            <Button
              size="sm"
              variant="subtle"
              leftSection={<IconFilterOff size={15} />}
              onClick={onClear}
            >
              {t('ledger.clear')}
            </Button>
          )}
          {filters}
          <SearchInput
            label={search.label}
            width={220}
            value={search.value ?? ''}
            onChange={search.onChange}
          />
        </Group>
      </Group>
      <div className={ui.card}>
        <Listed query={props.query} loading={props.loading} failed={props.cannotRead}>
          {() => <Rows {...props} />}
        </Listed>
        {pager}
      </div>
      {children}
    </section>
  );
}

function Rows<Row>(props: Props<Row>) {
  const { query, rows = [], filtered, nothing, noMatch } = props;
  if (rows.length === 0) {
    const { icon, title, text } = filtered ? noMatch : nothing;
    return (
      <EmptyState icon={icon} title={title} tone="neutral">
        {text}
      </EmptyState>
    );
  }
  return (
    <DataTable
      dense
      label={props.tableLabel}
      stale={query.isPlaceholderData}
      columns={props.columns}
      rows={rows}
      rowKey={props.rowKey}
      onRowClick={props.onRowClick}
      isSelected={props.isSelected}
    />
  );
}
