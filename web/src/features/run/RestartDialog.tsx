import { Alert, Button, Checkbox, Group, Modal, Radio, Select, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useRestart } from '@/api/runs';
import type { RunSummary } from '@/api/types';
import { sentence } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  run: RunSummary;
  labels: Map<string, string>;
  /** The newest version of the campaign, where the run is on an older one. */
  newer: number | undefined;
  onClose: () => void;
}

/** Runs again what the run did, or opens it again from one of its activities. */
export function RestartDialog({ run, labels, newer, onClose }: Props) {
  const navigate = useNavigate();
  const restart = useRestart(run.run);
  const opens = run.state === 'failed' || run.state === 'stopped' || run.state === 'paused';
  const [how, setHow] = useState(opens ? 'from' : 'new');
  const [from, setFrom] = useState(run.error?.activity ?? firstOpen(run));
  const [edited, setEdited] = useState(false);
  const go = () =>
    restart.mutate(how === 'new' ? {} : { from: from ?? undefined, edited }, {
      onSuccess: ({ run: next }) => {
        onClose();
        void navigate({ to: '/runs/$run', params: { run: next } });
      },
    });
  return (
    <Modal opened onClose={onClose} title={t('restart.title')}>
      <Stack gap="sm">
        <Radio.Group value={how} onChange={setHow} aria-label={t('restart.title')}>
          <Stack gap={10}>
            <Radio
              value="new"
              label={t('restart.new')}
              description={t(run.mode === 'live' ? 'restart.newLive' : 'restart.newTest')}
            />
            <Radio
              value="from"
              disabled={!opens}
              label={t('restart.from')}
              description={t(opens ? 'restart.fromText' : 'restart.fromNot')}
            />
          </Stack>
        </Radio.Group>
        {how === 'from' && (
          <Select
            label={t('word.activity')}
            searchable
            value={from ?? null}
            onChange={(next) => setFrom(next ?? undefined)}
            data={run.activities.map(({ id }) => ({ value: id, label: labels.get(id) ?? id }))}
          />
        )}
        {how === 'from' && newer !== undefined && (
          <Checkbox
            checked={edited}
            onChange={(event) => setEdited(event.currentTarget.checked)}
            label={t('restart.edited', { n: newer })}
          />
        )}
        {restart.error !== null && <Alert color="red">{sentence(restart.error.message)}</Alert>}
        <Text size="xs" c="dimmed">
          {t('restart.never')}
        </Text>
      </Stack>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          loading={restart.isPending}
          disabled={how === 'from' && from === undefined}
          onClick={go}
        >
          {t('restart.go')}
        </Button>
      </Group>
    </Modal>
  );
}

/** The first activity that is not done. */
function firstOpen(run: RunSummary): string | undefined {
  return run.activities.find(({ state }) => state !== 'completed')?.id;
}
