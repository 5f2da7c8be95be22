import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { RunSummary } from '@/api/types';
import { useNames } from '@/features/common/useNames';
import { runLook } from '@/canvas/states';
import { ActivityActions } from '@/features/common/ActivityActions';
import { Holds } from '@/features/common/Holds';
import { t, tMaybe } from '@/i18n';
import { humanize, sentence } from '@/ui/format';

/** Why a run came to a halt, where it says so. */
export function RunTrouble({ run, newer }: { run: RunSummary; newer?: number }) {
  const names = useNames([run.campaign]);
  // What an activity waits for is told with the ways to answer it.
  if (run.activities.some(({ hold }) => hold)) return <Holds run={run} />;
  if (!run.error || !['paused', 'held', 'failed'].includes(run.state)) return null;
  const { code, message, activity } = run.error;
  const failed = run.activities.find(({ id, state }) => id === activity && state === 'failed');
  const words = {
    state: runLook(run.state).label,
    what: tMaybe('trouble', code) ?? humanize(code).toLowerCase(),
  };
  return (
    <Alert
      mb="sm"
      icon={<IconAlertTriangle size={18} />}
      title={
        activity
          ? t('run.troubleAt', { ...words, activity: names.activity(activity, run.campaign) })
          : t('run.trouble', words)
      }
    >
      {sentence(names.said(message, run.campaign))}
      {failed !== undefined && (
        <ActivityActions
          run={run}
          newer={newer}
          activity={failed.id}
          label={names.activity(failed.id, run.campaign)}
          state={failed.state}
        />
      )}
    </Alert>
  );
}
