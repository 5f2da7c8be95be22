import { Link } from '@tanstack/react-router';
import type { RunSummary } from '@/api/types';
import { Facts } from '@/features/common/Facts';
import { formatCount, reasonWords } from '@/ui/format';
import classes from '@/features/common/common.module.css';
import { t } from '@/i18n';

/** The activities of a run that wait for somebody to confirm their messages. */
export function heldSends(run: RunSummary): string[] {
  return run.activities.filter(({ hold }) => hold?.kind === 'held_send').map(({ id }) => id);
}

/** How many messages leave once they are confirmed, who gets none and why, and the way to all of them. */
export function HeldSend({ run, activity }: { run: RunSummary; activity: string }) {
  const delivery = run.deliveries.find((each) => each.activity === activity);
  const arrived = run.transitions.find(({ to, rows }) => to === activity && rows !== null);
  return (
    <>
      {delivery !== undefined && (
        <Facts
          rows={[
            [t('launch.messages'), formatCount(delivery.targeted - delivery.excluded)],
            [t('launch.targeted'), formatCount(delivery.targeted)],
            ...Object.entries(delivery.exclusions).map(([reason, rows]): [string, string] => [
              t('launch.excluded', { reason: reasonWords(reason) }),
              formatCount(rows),
            ]),
          ]}
        />
      )}
      {arrived !== undefined && (
        <Link
          to="/runs/$run/rows/$activity"
          params={{ run: run.run, activity: arrived.from }}
          search={{ port: arrived.port }}
          className={classes.showRows}
        >
          {t('hold.people')}
        </Link>
      )}
    </>
  );
}
