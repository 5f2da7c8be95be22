import { DataTable } from '@/ui/DataTable';
import classes from '@/features/run/run.module.css';
import common from '@/features/common/common.module.css';
import { t } from '@/i18n';

/** Named values; nothing where there are none, unless `none` says so. */
export function Values({
  title,
  values,
  none,
}: {
  title: string;
  values: Record<string, unknown>;
  none?: string;
}) {
  const rows = Object.entries(values).sort(([a], [b]) => a.localeCompare(b));
  if (rows.length === 0) {
    return none === undefined ? null : <p className={classes.noValues}>{none}</p>;
  }
  return (
    <section aria-label={title}>
      <h3 className={classes.blockTitle}>{title}</h3>
      <DataTable
        dense
        label={title}
        columns={[
          {
            id: 'name',
            header: t('word.name'),
            width: '40%',
            cell: ([name]) => <code>{name}</code>,
          },
          { id: 'value', header: t('values.value'), cell: ([, value]) => shown(value) },
        ]}
        rows={rows}
        rowKey={([name]) => name}
      />
    </section>
  );
}

function shown(value: unknown) {
  if (value === null || value === undefined) {
    return <span className={common.muted}>{t('word.noneSmall')}</span>;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
