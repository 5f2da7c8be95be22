import { Alert } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useAlerts } from '@/api/runs';
import type { RunSummary } from '@/api/types';
import { useNames } from '@/features/common/useNames';
import { formatTime } from '@/ui/format';
import { t } from '@/i18n';

/** What the activities of a run have told people. */
export function RunAlerts({ run }: { run: RunSummary }) {
  const alerts = useAlerts(run.run, run.finished_at === null).data ?? [];
  // What is wrong with the run itself is shown at its head.
  const told = alerts.filter(({ trouble }) => trouble === undefined || trouble === null);
  const names = useNames([run.campaign]);
  return told.map(({ seq, activity, at, level, title, message, mailed_to }) => (
    <Alert
      key={seq}
      mb="sm"
      icon={<IconBell size={18} />}
      title={title}
      // Only what is critical is shown as trouble.
      styles={
        level === 'critical'
          ? undefined
          : {
              root: { background: `var(--t-${level === 'warning' ? 'warn' : 'info'}-soft)` },
              title: { color: `var(--t-${level === 'warning' ? 'warn' : 'info'})` },
              icon: { color: `var(--t-${level === 'warning' ? 'warn' : 'info'})` },
            }
      }
    >
      {message}
      <div style={{ fontSize: 12.5 }}>
        {[
          activity !== '' && names.activity(activity, run.campaign),
          formatTime(at),
          mailed_to.length > 0 && t('alert.mailed', { to: mailed_to.join(', ') }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </div>
    </Alert>
  ));
}
