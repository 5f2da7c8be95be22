import { Tooltip } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useNewestAlerts } from '@/api/runs';
import { useSeen } from '@/features/alerts/useSeen';
import classes from '@/features/alerts/alerts.module.css';
import { t } from '@/i18n';

/** How many unread alerts are counted; more are more. */
const COUNTED = 50;

/** Leads to the alerts, and says how many nobody has read in this browser. */
export function Bell({ onOpen }: { onOpen: () => void }) {
  const alerts = useNewestAlerts(COUNTED).data ?? [];
  const [seen] = useSeen();
  const unread = alerts.filter(({ seq }) => seq > seen);
  const critical = unread.some(({ level }) => level === 'critical');
  const label = unread.length === 0 ? t('alerts.title') : t('alerts.unread', { n: unread.length });
  return (
    <Tooltip label={label}>
      <Link to="/alerts" className={classes.bell} aria-label={label} onClick={onOpen}>
        <IconBell size={19} stroke={1.7} aria-hidden />
        {unread.length > 0 && (
          <span className={classes.count} data-critical={critical} aria-hidden>
            {unread.length < COUNTED ? unread.length : `${COUNTED}+`}
          </span>
        )}
      </Link>
    </Tooltip>
  );
}
