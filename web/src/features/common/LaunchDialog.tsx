import { Alert, Button, Group, Modal, Radio, Skeleton, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCampaign, useStartRun } from '@/api/campaigns';
import { useDryRun } from '@/api/lifecycle';
import type { DryRun, RunMode } from '@/api/types';
import { t } from '@/i18n';
import { Facts } from '@/features/common/Facts';
import { formatCount, humanize, sentence, reasonWords } from '@/ui/format';
import classes from '@/features/common/common.module.css';

interface Props {
  campaign: { name: string; label: string; draft: boolean; version: number };
  variables?: Record<string, unknown>;
  /** What is done before the run starts, such as saving; it starts only on `true`. */
  before?: () => Promise<boolean>;
  onClose: () => void;
}

/** Asks how to run, says what would happen, starts the run and goes to its canvas. A test is offered first. */
export function LaunchDialog({ campaign, variables = {}, before, onClose }: Props) {
  const [mode, setMode] = useState<RunMode>('test');
  const [given, setGiven] = useState<Record<string, string>>({});
  const [refused, setRefused] = useState(false);
  const start = useStartRun(campaign.name);
  const navigate = useNavigate();
  const dryRun = useDryRun(campaign.name, campaign.version, before === undefined);

  async function confirm() {
    setRefused(false);
    if (before !== undefined && !(await before())) return setRefused(true);
    const { run } = await start.mutateAsync({ mode, variables: given });
    onClose();
    await navigate({ to: '/campaigns/$name', params: { name: campaign.name }, search: { run } });
  }

  return (
    <Modal opened onClose={onClose} title={t('launch.title', { name: campaign.label })} size={560}>
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
        {Object.entries(variables).map(([name, value]) => (
          <TextInput
            key={name}
            size="sm"
            label={humanize(name)}
            description={t('launch.variable')}
            placeholder={valueOf(value)}
            value={given[name] ?? ''}
            onChange={({ currentTarget: { value: text } }) =>
              setGiven(({ [name]: _former, ...rest }) =>
                text === '' ? rest : { ...rest, [name]: text },
              )
            }
          />
        ))}
        {before === undefined && <Expectation campaign={campaign.name} query={dryRun} />}
        {mode === 'live' && campaign.draft && (
          <p className={classes.modeText}>{t('launch.publishes')}</p>
        )}
        {(start.error !== null || refused) && (
          <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('launch.notStarted')}>
            {start.error === null ? t('launch.notSaved') : sentence(start.error.message)}
          </Alert>
        )}
        <Group justify="flex-end" mt={4}>
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            loading={start.isPending}
            leftSection={<IconPlayerPlayFilled size={14} />}
            onClick={() => void confirm().catch(() => undefined)}
          >
            {mode === 'live' ? t('launch.live') : t('launch.test')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Who would get what, reckoned on the rows of this moment. */
function Expectation({
  campaign,
  query,
}: {
  campaign: string;
  query: ReturnType<typeof useDryRun>;
}) {
  if (query.isError) return <p className={classes.modeText}>{sentence(query.error.message)}</p>;
  if (query.data === undefined)
    return <Skeleton height={64} role="status" aria-label={t('launch.reckoning')} />;
  return <Expected campaign={campaign} dryRun={query.data} />;
}

export function Expected({ campaign, dryRun }: { campaign: string; dryRun: DryRun }) {
  const { deliveries } = dryRun;
  const activities = useCampaign(campaign).data?.document.canvas.activities;
  const labelOf = (id: string) => activities?.find((each) => each.id === id)?.label ?? humanize(id);
  const sum = (of: (each: DryRun['deliveries'][number]) => number) =>
    deliveries.reduce((total, each) => total + of(each), 0);
  const reasons = new Map<string, number>();
  for (const { exclusions } of deliveries) {
    for (const [reason, rows] of Object.entries(exclusions)) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + rows);
    }
  }
  const messages = sum(({ targeted, excluded }) => targeted - excluded);
  return (
    <section className={classes.expected} aria-label={t('launch.expected')}>
      <h3>{t('launch.expected')}</h3>
      {deliveries.length === 0 ? (
        <p className={classes.modeText}>{t('launch.noMessages')}</p>
      ) : (
        <Facts
          rows={[
            [t('launch.messages'), formatCount(messages)],
            [t('launch.targeted'), formatCount(sum(({ targeted }) => targeted))],
            ...[...reasons].map(
              ([reason, rows]) =>
                [t('launch.excluded', { reason: reasonWords(reason) }), formatCount(rows)] as [
                  string,
                  string,
                ],
            ),
            ...deliveries.map(
              ({ activity, targeted, excluded }) =>
                [labelOf(activity), formatCount(targeted - excluded)] as [string, string],
            ),
          ]}
        />
      )}
    </section>
  );
}

/** The value of a variable that a campaign declares, plain or with its type. */
function valueOf(declared: unknown): string {
  const isTyped = typeof declared === 'object' && declared !== null && 'type' in declared;
  const value: unknown = isTyped ? (declared as { value?: unknown }).value : declared;
  return value === undefined || value === null ? '' : String(value);
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
