import { ActionIcon, Tooltip } from '@mantine/core';
import { IconNotes } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { t } from '@/i18n';

/** The newest version, where a run is on an older one. */
export function newerThan(run: { version: number } | undefined, version: number) {
  return run !== undefined && version > run.version ? version : undefined;
}

/** Leads to what the run tells. */
export function LogLink({ run }: { run: string }) {
  return (
    <Tooltip label={t('run.logs')}>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={t('run.logs')}
        renderRoot={(root) => (
          <Link to="/runs/$run" params={{ run }} search={{ tab: 'logs' }} {...root} />
        )}
      >
        <IconNotes size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
