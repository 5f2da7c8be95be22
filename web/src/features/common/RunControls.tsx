import { Button, Group, Stack, Text } from '@mantine/core';
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useRunAction, type RunAction } from '@/api/runs';
import type { RunSummary } from '@/api/types';
import { HeldSend, heldSends } from '@/features/common/HeldSend';
import { useNames } from '@/features/common/useNames';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { sentence } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  run: RunSummary;
  /** The newest version of the campaign, where the run is on an older one. */
  newer?: number;
}

type Resume = Extract<RunAction, `resume${string}`>;

/** Pause, resume and stop, as far as the state of the run allows them. */
export function RunControls({ run, newer }: Props) {
  const [asking, setAsking] = useState<'stop' | Resume>();
  const action = useRunAction(run.run);
  const { state } = run;
  if (state === 'completed' || state === 'failed' || state === 'stopped') return null;
  const held = heldSends(run);
  // What goes on also confirms the messages that are held.
  const resume = (how: Resume) => (held.length > 0 ? setAsking(how) : action.mutate(how));
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
          onClick={() => resume('resume')}
        >
          {t('run.resume')}
        </Button>
      )}
      {(state === 'paused' || state === 'held') && newer !== undefined && (
        <Button
          size="xs"
          variant="default"
          loading={action.isPending}
          onClick={() => resume('resume?edited=true')}
        >
          {t('run.resumeEdited', { n: newer })}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerStopFilled size={13} />}
        onClick={() => setAsking('stop')}
      >
        {t('run.stop')}
      </Button>
      {asking === 'stop' && (
        <ConfirmDialog
          title={t('run.stopTitle')}
          confirm={t('run.stopIt')}
          cancel={t('run.goOn')}
          danger
          onConfirm={() => action.mutateAsync('stop')}
          onClose={() => setAsking(undefined)}
        >
          <Text size="sm">{t('run.stopText')}</Text>
        </ConfirmDialog>
      )}
      {asking !== undefined && asking !== 'stop' && (
        <ConfirmDialog
          title={t('run.resumeTitle')}
          confirm={t('hold.held_send')}
          onConfirm={() => action.mutateAsync(asking)}
          onClose={() => setAsking(undefined)}
        >
          <Held run={run} held={held} />
        </ConfirmDialog>
      )}
    </Group>
  );
}

function Held({ run, held }: { run: RunSummary; held: string[] }) {
  const names = useNames([run.campaign]);
  return (
    <Stack gap="md">
      <Text size="sm">{t('run.resumeSends')}</Text>
      {held.map((activity) => (
        <div key={activity}>
          <Text fw={600} size="sm" mb={4}>
            {names.activity(activity, run.campaign)}
          </Text>
          <HeldSend run={run} activity={activity} />
        </div>
      ))}
    </Stack>
  );
}
