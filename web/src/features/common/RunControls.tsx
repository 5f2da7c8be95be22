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

interface Props {
  run: string;
  state: RunState;
  /** The newest version of the campaign, where the run is on an older one. */
  newer?: number;
}

/** Pause, resume and stop, as far as the state of the run allows them. */
export function RunControls({ run, state, newer }: Props) {
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
      {state === 'paused' && newer !== undefined && (
        <Button
          size="xs"
          variant="default"
          loading={action.isPending}
          onClick={() => action.mutate('resume?edited=true')}
        >
          {t('run.resumeEdited', { n: newer })}
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
