import { Button, Group, Modal, Text } from '@mantine/core';
import { IconPlayerSkipForward, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useActivityAction } from '@/api/runs';
import type { ActivityState, RunState } from '@/api/types';
import { sentence } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  run: string;
  runState: RunState;
  activity: string;
  label: string;
  state: ActivityState;
}

const ENDED: RunState[] = ['completed', 'failed', 'stopped'];
/** What has not begun, is held or has failed can be given up. */
const OPEN: ActivityState[] = ['waiting', 'ready', 'held', 'failed'];

/** Trying an activity of a run again, and giving it up. */
export function ActivityActions({ run, runState, activity, label, state }: Props) {
  const action = useActivityAction(run, activity);
  const [skipping, setSkipping] = useState(false);
  if (ENDED.includes(runState) || !OPEN.includes(state)) return null;
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
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerSkipForward size={14} />}
        loading={action.isPending}
        onClick={() => setSkipping(true)}
      >
        {t('activity.skip')}
      </Button>
      {action.error !== null && (
        <Text size="xs" c="red" role="alert">
          {sentence(action.error.message)}
        </Text>
      )}
      <Modal
        opened={skipping}
        onClose={() => setSkipping(false)}
        title={t('activity.skipTitle', { name: label })}
      >
        <Text size="sm">{t('activity.skipText')}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setSkipping(false)}>
            {t('common.cancel')}
          </Button>
          <Button
            color="red"
            onClick={() => {
              setSkipping(false);
              action.mutate('skip');
            }}
          >
            {t('activity.skip')}
          </Button>
        </Group>
      </Modal>
    </Group>
  );
}
