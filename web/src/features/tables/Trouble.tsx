import { Alert } from '@mantine/core';
import { ApiError } from '@/api/client';
import { sentence } from '@/ui/format';
import classes from '@/features/tables/tables.module.css';
import { t } from '@/i18n';

/** Why it failed; rejected rows and wrong fields one by one. */
export function Trouble({ error }: { error: Error }) {
  const items = error instanceof ApiError ? error.items : [];
  return (
    <Alert color="red" role="alert" title={sentence(error.message)}>
      {items.length > 0 && (
        <ul className={classes.trouble}>
          {items.map((item, index) => (
            <li key={index}>
              {'line' in item && typeof item.line === 'number' && (
                <b>{t('import.lineNo', { n: item.line })} </b>
              )}
              {sentence(item.message)} {item.hint && sentence(item.hint)}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}
