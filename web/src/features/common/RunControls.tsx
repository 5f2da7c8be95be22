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

/** Pause, resume and stop, as far as the state of the run allows them. */
export function RunControls({ run, state }: { run: string; state: RunState }) {
  const [stopping, setStopping] = useState(false);
  const action = useRunAction(run);
  if (state !== 'running' && state !== 'paused' && state !== 'held') return null;
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
          Pause
        </Button>
      ) : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPlayFilled size={13} />}
          loading={action.isPending}
          onClick={() => action.mutate('resume')}
        >
          Resume
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerStopFilled size={13} />}
        onClick={() => setStopping(true)}
      >
        Stop
      </Button>
      <Modal opened={stopping} onClose={() => setStopping(false)} title="Stop this run?">
        <Text size="sm">
          No further message leaves. What has been sent stays sent, and the ledger keeps every line.
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setStopping(false)}>
            Let it go on
          </Button>
          <Button
            color="red"
            onClick={() => {
              setStopping(false);
              action.mutate('stop');
            }}
          >
            Stop the run
          </Button>
        </Group>
      </Modal>
    </Group>
  );
}
