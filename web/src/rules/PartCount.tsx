import { t } from '@/i18n';
import { formatCount } from '@/ui/format';
import classes from '@/rules/rules.module.css';

/** How many rows match a part of a rule, as if it were alone. */
export function PartCount({ count }: { count: number }) {
  return (
    <span className={classes.partCount} title={t('rules.partCount')}>
      {formatCount(count)}
    </span>
  );
}
