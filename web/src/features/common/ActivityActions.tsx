import { Button, Group, Text } from '@mantine/core';
import { IconPlayerSkipForward, IconPlayerTrackNext, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useOperations } from '@/api/lifecycle';
import { useActivityAction } from '@/api/runs';
import type { ActivityState, RunState, RunSummary } from '@/api/types';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { formatTime, sentence } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  run: RunSummary;
  activity: string;
  label: string;
  state: ActivityState;
  /** The newest version of the campaign, where the run is on an older one. */
  newer?: number;
}

const ENDED: RunState[] = ['completed', 'failed', 'stopped'];
/** What has not begun, is held or has failed can be given up. */
const OPEN: ActivityState[] = ['waiting', 'ready', 'held', 'failed'];

/** Trying an activity of a run again, ending its wait, and giving it up. */
export function ActivityActions({ run, activity, label, state, newer }: Props) {
  const action = useActivityAction(run.run, activity);
  const has = useOperations();
  const [asking, setAsking] = useState<'skip' | 'go-on'>();
  if (ENDED.includes(run.state) || !OPEN.includes(state)) return null;
  const task = run.activities.find(({ id }) => id === activity);
  // A wait, or the pause before another attempt.
  const until = state === 'ready' ? task?.waits_until : undefined;
  const words = task?.type === 'wait' ? 'goOn' : 'tryNow';
  const canGoOn = typeof until === 'string' && has('/runs/{run}/activities/{activity}/go-on');
  return (
    <Group gap={8} mt="sm">
      {state === 'failed' && (
        <Button
          size="xs"
          leftSection={<IconRefresh size={14} />}
          loading={action.isPending}
          onClick={() => action.mutate('retry')}
        >
          {t('activity.retry')}
        </Button>
      )}
      {state === 'failed' && newer !== undefined && (
        <Button
          size="xs"
          variant="default"
          loading={action.isPending}
          onClick={() => action.mutate('retry?edited=true')}
        >
          {t('activity.retryEdited', { n: newer })}
        </Button>
      )}
      {canGoOn && (
        <Button
          size="xs"
          leftSection={<IconPlayerTrackNext size={14} />}
          loading={action.isPending}
          onClick={() => setAsking('go-on')}
        >
          {t(`activity.${words}`)}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerSkipForward size={14} />}
        loading={action.isPending}
        onClick={() => setAsking('skip')}
      >
        {t('activity.skip')}
      </Button>
      {action.error !== null && (
        <Text size="xs" c="red" role="alert">
          {sentence(action.error.message)}
        </Text>
      )}
      {asking === 'skip' && (
        <ConfirmDialog
          title={t('activity.skipTitle', { name: label })}
          confirm={t('activity.skip')}
          danger
          onConfirm={() => action.mutateAsync('skip')}
          onClose={() => setAsking(undefined)}
        >
          <Text size="sm">{t('activity.skipText')}</Text>
        </ConfirmDialog>
      )}
      {asking === 'go-on' && (
        <ConfirmDialog
          title={t(`activity.${words}Title`, { name: label })}
          confirm={t(`activity.${words}`)}
          onConfirm={() => action.mutateAsync('go-on')}
          onClose={() => setAsking(undefined)}
        >
          <Text size="sm">{t('activity.goOnText', { time: formatTime(until) })}</Text>
        </ConfirmDialog>
      )}
    </Group>
  );
}
