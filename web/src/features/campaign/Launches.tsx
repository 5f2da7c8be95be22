import { Button, Stack } from '@mantine/core';
import { IconCalendarOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useLaunchesOf } from '@/api/lifecycle';
import type { Campaign, Launch } from '@/api/types';
import { scheduleWords } from '@/features/campaign/schedule';
import { SignalForm } from '@/features/campaign/SignalForm';
import { skippedWords } from '@/features/common/launches';
import { formatCell, formatDuration, formatTimeIn, humanize } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import type { Tone } from '@/ui/tone';
import common from '@/features/common/common.module.css';
import classes from '@/features/campaign/comments.module.css';
import { t, tMaybe } from '@/i18n';

const STEP = 50;
/** A run that begins so much after its time is worth telling, in milliseconds. */
const LATE_MS = 60_000;

const TONES: Record<Launch['state'], Tone> = {
  waiting: 'neutral',
  queued: 'info',
  started: 'good',
  skipped: 'warn',
};

/** When the campaign runs by itself, what became of each time and signal, and a signal by hand. */
export function Launches({ campaign }: { campaign: Campaign }) {
  const { name, schedule, time_zone: zone = 'UTC' } = campaign.document;
  const [limit, setLimit] = useState(STEP);
  const launches = useLaunchesOf(name, limit);
  return (
    <Stack gap="md">
      <p className={classes.when}>{scheduleWords(schedule ?? { type: 'asap' }, zone)}</p>
      {schedule?.type === 'signal' && <SignalForm campaign={campaign} />}
      {launches.isPending && <LoadingRows label={t('launches.loading')} />}
      {launches.isError && (
        <ErrorState
          title={t('launches.cannotShow')}
          error={launches.error}
          onRetry={() => void launches.refetch()}
        />
      )}
      {launches.data?.length === 0 && (
        <EmptyState icon={IconCalendarOff} title={t('launches.none')} tone="neutral">
          {t('launches.noneText')}
        </EmptyState>
      )}
      {launches.data !== undefined && launches.data.length > 0 && (
        <ol className={classes.launches} aria-label={t('launches.title')}>
          {launches.data.map((launch) => (
            <Line key={launch.launch} launch={launch} zone={zone} />
          ))}
        </ol>
      )}
      {launches.data?.length === limit && (
        <Button
          variant="default"
          size="xs"
          loading={launches.isFetching}
          onClick={() => setLimit(limit + STEP)}
        >
          {t('launches.older')}
        </Button>
      )}
    </Stack>
  );
}

function Line({ launch, zone }: { launch: Launch; zone: string }) {
  const { cause, due_at, state, reason, run, late_ms, variables } = launch;
  const values = Object.entries(variables ?? {});
  const late = late_ms !== null && late_ms >= LATE_MS;
  return (
    <li>
      <div className={classes.launch}>
        <time dateTime={due_at}>{formatTimeIn(due_at, zone)}</time>
        <Pill tone={TONES[state] ?? 'neutral'}>{t(`launches.${state}`)}</Pill>
      </div>
      <div className={common.muted}>
        {[
          tMaybe('cause', cause) ?? humanize(cause),
          reason !== null && skippedWords(reason),
          late && t('launches.late', { time: formatDuration(late_ms) }),
          values.map(([name, value]) => `${humanize(name)}: ${formatCell(value)}`).join(', '),
        ]
          .filter(Boolean)
          .join(' · ')}
      </div>
      {run !== null && (
        <Link to="/runs/$run" params={{ run }} className={common.showRows}>
          {t('calendar.openRun')}
        </Link>
      )}
    </li>
  );
}
