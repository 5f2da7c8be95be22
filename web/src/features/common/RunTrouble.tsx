import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { RunSummary } from '@/api/types';
import { runLook } from '@/canvas/states';
import { humanize, sentence } from '@/ui/format';

/** Why a run came to a halt, where it says so. */
export function RunTrouble({ run }: { run: RunSummary }) {
  if (!run.error || !['paused', 'held', 'failed'].includes(run.state)) return null;
  const { code, message, activity } = run.error;
  const where = activity ? ` at ${humanize(activity)}` : '';
  return (
    <Alert
      mb="sm"
      icon={<IconAlertTriangle size={18} />}
      title={`${runLook(run.state).label}${where}: ${humanize(code).toLowerCase()}`}
    >
      {sentence(message)}
    </Alert>
  );
}
