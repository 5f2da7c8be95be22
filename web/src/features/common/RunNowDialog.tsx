import { Alert, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useStartRun } from '@/api/campaigns';
import type { RunMode } from '@/api/types';
import { sentence } from '@/ui/format';
import classes from '@/features/common/common.module.css';

interface Props {
  campaign: { name: string; label: string; draft: boolean };
  opened: boolean;
  onClose: () => void;
}

/** Asks how to run, starts the run and goes to its canvas. A test is what is offered first. */
export function RunNowDialog({ campaign, opened, onClose }: Props) {
  const [mode, setMode] = useState<RunMode>('test');
  const start = useStartRun(campaign.name);
  const navigate = useNavigate();

  function close() {
    start.reset();
    setMode('test');
    onClose();
  }
  async function confirm() {
    const { run } = await start.mutateAsync(mode);
    close();
    await navigate({ to: '/campaigns/$name', params: { name: campaign.name }, search: { run } });
  }

  return (
    <Modal opened={opened} onClose={close} title={`Run “${campaign.label}” now`} size={480}>
      <Stack gap="md">
        <Radio.Group
          label="How to run"
          value={mode}
          onChange={(value) => setMode(value === 'live' ? 'live' : 'test')}
        >
          <Stack gap="xs" mt={8}>
            <ModeCard
              value="test"
              title="Test"
              text="Every step runs on real data and messages are counted, but nothing is sent or written."
            />
            <ModeCard
              value="live"
              title="Live"
              text="Messages go out, also those of steps that would wait for a confirmation."
            />
          </Stack>
        </Radio.Group>
        {mode === 'live' && campaign.draft && (
          <Text size="sm" c="dimmed">
            This campaign is a draft. Running it live publishes it first.
          </Text>
        )}
        {start.error !== null && (
          <Alert color="red" icon={<IconAlertTriangle size={18} />} title="The run did not start">
            {sentence(start.error.message)}
          </Alert>
        )}
        <Group justify="flex-end" mt={4}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            loading={start.isPending}
            leftSection={<IconPlayerPlayFilled size={14} />}
            onClick={() => void confirm().catch(() => undefined)}
          >
            {mode === 'live' ? 'Send for real' : 'Start test run'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function ModeCard({ value, title, text }: { value: RunMode; title: string; text: string }) {
  return (
    <Radio.Card value={value} className={classes.mode}>
      <Radio.Indicator mt={2} />
      <span>
        <b>{title}</b>
        <span className={classes.modeText}>{text}</span>
      </span>
    </Radio.Card>
  );
}
