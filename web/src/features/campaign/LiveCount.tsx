import { useCount, type Question } from '@/api/questions';
import { t } from '@/i18n';
import { formatCount, formatDuration, sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

interface Props {
  question: Question | undefined;
  /** Whether the parts are counted as well, for whoever shows them. */
  parts?: boolean;
  large?: boolean;
}

/** How many rows a rule matches now. */
export function LiveCount({ question, parts = false, large = false }: Props) {
  const count = useCount(question, parts);
  if (question === undefined) return null;
  return (
    <div className={classes.count} data-large={large} role="status">
      {count.isError && <span className={classes.fieldError}>{sentence(count.error.message)}</span>}
      {!count.isError && count.data === undefined && t('rules.counting')}
      {!count.isError && count.data !== undefined && (
        <>
          <b data-stale={count.isPlaceholderData}>{formatCount(count.data.count)}</b>{' '}
          {t('rules.match', { n: count.data.count })}
          <small title={t('rules.countTime')}> {formatDuration(count.data.elapsed_ms)}</small>
        </>
      )}
    </div>
  );
}
