import { Button } from '@mantine/core';
import { useCount, type Question } from '@/api/questions';
import type { CountAnswer } from '@/api/types';
import { t } from '@/i18n';
import { formatCount, formatDuration, formatTime, sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

interface Props {
  question: Question | undefined;
  /** Has worked out what no run has yet. */
  workOut?: (() => void) | undefined;
  /** Whether the parts are counted as well, for whoever shows them. */
  parts?: boolean;
  large?: boolean;
}

/** How many rows a rule matches now. */
export function LiveCount({ question, workOut, parts = false, large = false }: Props) {
  const count = useCount(question, parts);
  if (question === undefined) return workOut === undefined ? null : <NoRun onWorkOut={workOut} />;
  return (
    <div className={classes.count} data-large={large} role="status">
      {count.isError && <span className={classes.fieldError}>{sentence(count.error.message)}</span>}
      {!count.isError && count.data === undefined && t('rules.counting')}
      {!count.isError && count.data !== undefined && (
        <>
          <b data-stale={count.isPlaceholderData}>{formatCount(count.data.count)}</b>{' '}
          {t('rules.match', { n: count.data.count })}
          <small title={t('rules.countTime')}> {formatDuration(count.data.elapsed_ms)}</small>
          <Origin run={count.data.run} />
        </>
      )}
    </div>
  );
}

/** Where the rows come from that were counted, unless they are those of the tables. */
function Origin({ run }: Pick<CountAnswer, 'run'>) {
  if (run === undefined) return null;
  const time = formatTime(run.started_at);
  const words = run.run === 'dry' ? t('rules.workedOut') : t('rules.fromLastRun', { time });
  return <small title={run.run}> {words}</small>;
}

function NoRun({ onWorkOut }: { onWorkOut: () => void }) {
  return (
    <div className={classes.count} role="status">
      <small>{t('rules.noRun')}</small>{' '}
      <Button size="compact-xs" variant="subtle" onClick={onWorkOut}>
        {t('rules.workOut')}
      </Button>
    </div>
  );
}
