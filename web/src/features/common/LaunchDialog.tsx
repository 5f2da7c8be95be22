import { Alert, Button, Group, Radio, Stack, Switch } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useActivityKinds, useStartRun } from '@/api/campaigns';
import type { RunMode } from '@/api/types';
import { activityLabel } from '@/canvas/edit/words';
import { Expectation } from '@/features/common/Expectation';
import { mailings, missing, variablesOf } from '@/features/common/launching';
import { useRunnable, type Editing, type Runnable } from '@/features/common/useRunnable';
import { VariableFields } from '@/features/common/VariableFields';
import { WhichText } from '@/features/common/WhichText';
import { Dialog } from '@/ui/Dialog';
import { sentence } from '@/ui/format';
import classes from '@/features/common/common.module.css';
import { t } from '@/i18n';

interface Props {
  campaign: { name: string; label: string };
  /** What the editor has, `null` where it has no changes; to be left out where nobody edits. */
  editing?: Editing | null;
  onClose: () => void;
}

/** Asks how to run, says what would happen, starts the run and goes to its canvas. A test is offered first. */
export function LaunchDialog({ campaign, editing, onClose }: Props) {
  const [mode, setMode] = useState<RunMode>('test');
  const [given, setGiven] = useState<Record<string, string>>({});
  const [asks, setAsks] = useState(true);
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const runnable = useRunnable(campaign.name, editing);
  const start = useStartRun(campaign.name);
  const navigate = useNavigate();
  const { document } = runnable;
  const variables = document === undefined ? [] : variablesOf(document);
  const known = new Set(variables.map(({ name }) => name));
  // What the other text had, this one may not.
  const values = Object.fromEntries(Object.entries(given).filter(([name]) => known.has(name)));
  const open = missing(variables, values, mode);

  async function confirm() {
    setBusy(true);
    setFailure(undefined);
    try {
      await runnable.save();
      const confirmed = mode === 'live' && !asks;
      const { run } = await start.mutateAsync({ mode, variables: values, confirm: confirmed });
      onClose();
      await navigate({ to: '/campaigns/$name', params: { name: campaign.name }, search: { run } });
    } catch (cause) {
      setFailure(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog onClose={onClose} title={t('launch.title', { name: campaign.label })} size={620}>
      <Stack gap="md">
        <Radio.Group
          label={t('launch.how')}
          value={mode}
          onChange={(value) => setMode(value === 'live' ? 'live' : 'test')}
        >
          <Stack gap="xs" mt={8}>
            <ModeCard value="test" title={t('mode.test')} text={t('launch.testText')} />
            <ModeCard value="live" title={t('mode.live')} text={t('launch.liveText')} />
          </Stack>
        </Radio.Group>
        <WhichText runnable={runnable} />
        <VariableFields variables={variables} mode={mode} given={values} onChange={setGiven} />
        {mode === 'live' && <Asking runnable={runnable} asks={asks} onChange={setAsks} />}
        <Expectation
          name={campaign.name}
          runnable={runnable}
          how={mode === 'live' ? 'live' : 'test'}
          variables={values}
        />
        {mode === 'live' && runnable.state === 'draft' && (
          <p className={classes.modeText}>{t('launch.publishes')}</p>
        )}
        {open.length > 0 && (
          <p className={classes.modeText} role="status">
            {t('launch.missing', { names: open.map(({ name }) => name).join(', ') })}
          </p>
        )}
        {(failure !== undefined || runnable.error !== null) && (
          <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('launch.notStarted')}>
            {sentence(failure ?? runnable.error?.message ?? '')}
          </Alert>
        )}
        <Group justify="flex-end" mt={4}>
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            loading={busy}
            disabled={!runnable.ready || runnable.errors > 0 || open.length > 0}
            leftSection={<IconPlayerPlayFilled size={14} />}
            onClick={() => void confirm()}
          >
            {mode === 'live' ? t('launch.live') : t('launch.test')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

/** Whether the mailings that would wait for somebody do; where none would, there is nothing to choose. */
function Asking({
  runnable,
  asks,
  onChange,
}: {
  runnable: Runnable;
  asks: boolean;
  onChange: (asks: boolean) => void;
}) {
  const kinds = useActivityKinds().data;
  const isChannel = (type: string) =>
    kinds?.find(({ kind }) => kind === type)?.category === 'channel';
  if (runnable.document === undefined) return null;
  const { asking, others } = mailings(runnable.document, isChannel);
  const names = (of: typeof asking) => of.map(activityLabel).join(', ');
  if (asking.length === 0) {
    if (others.length === 0) return null;
    return <p className={classes.modeText}>{t('launch.noneAsks')}</p>;
  }
  return (
    <div>
      <Switch
        label={t('launch.asks')}
        description={t(asks ? 'launch.asksText' : 'launch.asksNot', { names: names(asking) })}
        checked={asks}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      {asks && others.length > 0 && (
        <p className={classes.modeText}>{t('launch.othersAtOnce', { names: names(others) })}</p>
      )}
    </div>
  );
}

function ModeCard({ value, title, text }: { value: string; title: string; text: string }) {
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
