import { useLaunches, useNextLaunches } from '@/api/lifecycle';
import type { CampaignDocument } from '@/api/types';
import type { Runnable } from '@/features/common/useRunnable';
import { formatTimeIn } from '@/ui/format';
import classes from '@/features/common/common.module.css';
import { t } from '@/i18n';

const SHOWN = 3;

interface Props {
  name: string;
  runnable: Runnable;
  document: CampaignDocument;
  how: 'live' | 'publish';
}

/** When it runs by itself: of a version as the server planned it, of changes as they would be. */
export function NextLaunches({ name, runnable, document, how }: Props) {
  const { withChanges, ready } = runnable;
  const zone = document.time_zone ?? 'UTC';
  const schedule = document.schedule ?? { type: 'asap' };
  const question = { schedule, time_zone: zone, next: SHOWN };
  const preview = useLaunches(question, ready && withChanges);
  const planned = useNextLaunches(name, SHOWN, ready && !withChanges);
  const times = withChanges ? preview.data : planned.data?.launches;
  const words = sentenceOf(schedule.type, how);
  return (
    <div className={classes.next}>
      {words !== undefined && <p className={classes.modeText}>{words}</p>}
      {times !== undefined && times.length > 0 && (
        <>
          <h4>{t(how === 'publish' ? 'schedule.preview' : 'launch.afterwards')}</h4>
          <ol>
            {times.map((time) => (
              <li key={time}>{formatTimeIn(time, zone)}</li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

/** What its times do not tell. */
function sentenceOf(type: string, how: Props['how']): string | undefined {
  if (how === 'live') return type === 'once' ? t('launch.instead') : t('launch.atOnce');
  if (type === 'asap') return t('launch.withPublication');
  return type === 'signal' ? t('launch.bySignal') : undefined;
}
