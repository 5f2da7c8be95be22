import { readText, type RawSearch } from '@/features/common/search';

export interface PopulationSearch {
  port?: string;
  /** A column, with `-` before it descending. */
  order?: string;
  search?: string;
  /** Columns that are not shown, with commas between. */
  hidden?: string;
  /** Columns that come first, in this order, with commas between. */
  columns?: string;
  /** The row whose way is shown. */
  trace?: string;
}

export function readPopulationSearch(raw: RawSearch): PopulationSearch {
  return {
    port: readText(raw, 'port'),
    order: readText(raw, 'order'),
    search: readText(raw, 'search'),
    hidden: readText(raw, 'hidden'),
    columns: readText(raw, 'columns'),
    trace: readText(raw, 'trace'),
  };
}
