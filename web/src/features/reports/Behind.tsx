import { Link } from '@tanstack/react-router';
import type { Subject } from '@/api/reports';
import { formatCount } from '@/ui/format';
import classes from '@/features/reports/reports.module.css';
import { t } from '@/i18n';

interface Props {
  subject: Subject;
  figure: string;
  count: number;
  /** What the row is told apart by, and its value. */
  by?: string;
  value?: string | null;
}

/** A figure that leads to the people behind it. */
export function Behind({ subject, figure, count, by, value }: Props) {
  if (count === 0) return <span className={classes.zero}>0</span>;
  const row = by === undefined ? {} : { by, value: value ?? undefined };
  return (
    <Link
      to="/reports/people"
      search={{ ...subject, figure, ...row }}
      className={classes.behind}
      title={t('report.behind')}
    >
      {formatCount(count)}
    </Link>
  );
}
