import { Button, Group, Modal, Text } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useRunAction } from '@/api/runs';
import type { RunState } from '@/api/types';
import { sentence } from '@/ui/format';
import { t } from '@/i18n';

/** Pause, resume and stop, as far as the state of the run allows them. */
export function RunControls({ run, state }: { run: string; state: RunState }) {
  const [stopping, setStopping] = useState(false);
  const action = useRunAction(run);
  if (state === 'completed' || state === 'failed' || state === 'stopped') return null;
  return (
    <Group gap={8}>
      {action.error !== null && (
        <Text size="xs" c="red" role="alert">
          {sentence(action.error.message)}
        </Text>
      )}
      {state === 'running' ? (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPauseFilled size={13} />}
          loading={action.isPending}
          onClick={() => action.mutate('pause')}
        >
          {t('run.pause')}
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlayFilled size={13} />}
          loading={action.isPending}
          onClick={() => action.mutate('resume')}
        >
          {t('run.resume')}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerStopFilled size={13} />}
        onClick={() => setStopping(true)}
      >
        {t('run.stop')}
      </Button>
      <Modal opened={stopping} onClose={() => setStopping(false)} title={t('run.stopTitle')}>
        <Text size="sm">{t('run.stopText')}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setStopping(false)}>
            {t('run.goOn')}
          </Button>
          <Button
            color="red"
            onClick={() => {
              setStopping(false);
              action.mutate('stop');
            }}
          >
            {t('run.stopIt')}
          </Button>
        </Group>
      </Modal>
    </Group>
  );
}
