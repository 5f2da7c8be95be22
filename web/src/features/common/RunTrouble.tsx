import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { RunSummary } from '@/api/types';
import { runLook } from '@/canvas/states';
import { t } from '@/i18n';
import { humanize, sentence } from '@/ui/format';

/** Why a run came to a halt, where it says so. */
export function RunTrouble({ run }: { run: RunSummary }) {
  if (!run.error || !['paused', 'held', 'failed'].includes(run.state)) return null;
  const { code, message, activity } = run.error;
  const words = { state: runLook(run.state).label, what: humanize(code).toLowerCase() };
  return (
    <Alert
      mb="sm"
      icon={<IconAlertTriangle size={18} />}
      title={
        activity
          ? t('run.troubleAt', { ...words, activity: humanize(activity) })
          : t('run.trouble', words)
      }
    >
      {sentence(message)}
    </Alert>
  );
}
