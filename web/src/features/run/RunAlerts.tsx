import { Alert } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useAlerts } from '@/api/runs';
import { formatTime } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  run: string;
  live: boolean;
  labels: Map<string, string>;
}

/** What the activities of a run have told people. */
export function RunAlerts({ run, live, labels }: Props) {
  const alerts = useAlerts(run, live).data ?? [];
  return alerts.map(({ activity, at, level, title, message, mailed_to }) => (
    <Alert
      key={`${activity} ${at}`}
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
          labels.get(activity) ?? activity,
          formatTime(at),
          mailed_to.length > 0 && t('alert.mailed', { to: mailed_to.join(', ') }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </div>
    </Alert>
  ));
}
