import type { InferredTable } from '@/api/data';
import { DataTable, type DataColumn } from '@/ui/DataTable';
import { formatCell } from '@/ui/format';
import classes from '@/features/tables/tables.module.css';
import { t } from '@/i18n';

/** The first rows of a file. */
export function Sample({ inferred }: { inferred: InferredTable }) {
  return (
    <div className={classes.sample}>
      <DataTable
        dense
        label={t('import.firstRows')}
        rows={inferred.inferred.sample}
        rowKey={(_, index) => String(index)}
        columns={inferred.inferred.columns.map(
          ({ name }, index): DataColumn<(string | null)[]> => ({
            id: `${index} ${name}`,
            header: name,
            // As the file writes it, since that is what is looked at here.
            cell: (row) => row[index] ?? formatCell(null),
          }),
        )}
      />
    </div>
  );
}
