import { ActionIcon, Button, CopyButton, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowLeft,
  IconArrowRight,
  IconChartBar,
  IconCheck,
  IconCopy,
  IconRotateClockwise,
  IconRoute,
} from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useCampaign } from '@/api/campaigns';
import { useRun } from '@/api/runs';
import type { RunSummary } from '@/api/types';
import { useNames } from '@/features/common/useNames';
import { RunAlerts } from '@/features/common/RunAlerts';
import { RunControls } from '@/features/common/RunControls';
import { ModeTag, RunPill } from '@/features/common/RunPills';
import { RunTrouble } from '@/features/common/RunTrouble';
import { LineDialog } from '@/features/run/LineDialog';
import { RestartDialog } from '@/features/run/RestartDialog';
import { RunFigures } from '@/features/run/RunFigures';
import { RunTabs } from '@/features/run/RunTabs';
import { readRunSearch, type RunSearch } from '@/features/run/search';
import { elapsedMs, formatDuration, formatTime } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { ErrorState, LoadingRows } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/runs/$run');

export function RunPage() {
  const { run } = route.useParams();
  const summary = useRun(run);
  if (summary.isPending) return <LoadingRows rows={9} label={t('run.loading')} />;
  if (summary.isError) {
    const retry = () => void summary.refetch();
    return <ErrorState title={t('campaign.noRun')} error={summary.error} onRetry={retry} />;
  }
  return <Loaded run={summary.data} />;
}

function Loaded({ run }: { run: RunSummary }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const campaign = useCampaign(run.campaign);
  const names = useNames([run.campaign]);
  const said = (text: string) => names.said(text, run.campaign);
  const labels = new Map(run.activities.map(({ id }) => [id, names.activity(id, run.campaign)]));
  const now = useNow(run.finished_at === null ? 1_000 : 60_000);
  const change = (part: RunSearch) =>
    void navigate({
      search: (former) => readRunSearch({ ...former, ...part }),
      replace: true,
      resetScroll: false,
    });
  const [restarting, setRestarting] = useState(false);
  const version = campaign.data?.version;
  const newer = version !== undefined && version > run.version ? version : undefined;
  const took = formatDuration(elapsedMs(run.started_at, run.finished_at, now));
  return (
    <>
      <PageHeader
        back={
          <Link to="/runs" className={ui.back}>
            <IconArrowLeft size={15} /> {t('runs.title')}
          </Link>
        }
        title={names.campaign(run.campaign)}
        badges={
          <>
            <RunPill state={run.state} />
            <ModeTag mode={run.mode} />
            <CopyId run={run.run} />
          </>
        }
        subtitle={[
          formatTime(run.started_at),
          t(run.finished_at === null ? 'run.runningFor' : 'run.took', { took }),
          t('run.version', { n: run.version }),
        ].join(' · ')}
        actions={
          <>
            <FollowKey run={run.run} />
            <RunControls run={run} newer={newer} />
            <Button
              variant="default"
              leftSection={<IconRotateClockwise size={15} />}
              onClick={() => setRestarting(true)}
            >
              {t('run.restart')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconChartBar size={15} />}
              renderRoot={(props) => (
                <Link to="/reports" search={{ kind: 'run', name: run.run }} {...props} />
              )}
            >
              {t('rows.report')}
            </Button>
            <Button
              variant="default"
              rightSection={<IconArrowRight size={15} />}
              renderRoot={(props) => (
                <Link
                  to="/campaigns/$name"
                  params={{ name: run.campaign }}
                  search={{ run: run.run }}
                  {...props}
                />
              )}
            >
              {t('word.canvas')}
            </Button>
          </>
        }
      />
      <RunTrouble run={run} newer={newer} />
      <RunAlerts run={run} />
      <RunFigures
        run={run}
        labels={labels}
        onActivity={(activity) => change({ tab: undefined, activity, page: undefined })}
        onReason={(reason) =>
          change({ tab: undefined, status: 'excluded', reason, page: undefined })
        }
      />
      <RunTabs
        run={run}
        labels={labels}
        said={said}
        newer={newer}
        search={search}
        onChange={(part) => change({ page: undefined, ...part })}
        onLine={({ key, activity }) => change({ line: key, of: activity })}
      />
      {restarting && (
        <RestartDialog
          run={run}
          labels={labels}
          newer={newer}
          onClose={() => setRestarting(false)}
        />
      )}
      {search.line !== undefined && search.of !== undefined && (
        <LineDialog
          run={run.run}
          lineKey={search.line}
          activity={search.of}
          labels={labels}
          view={search.view ?? 'html'}
          width={search.width ?? 'desktop'}
          onChange={change}
          onClose={() =>
            change({ line: undefined, of: undefined, view: undefined, width: undefined })
          }
        />
      )}
    </>
  );
}

/** For commands and the API, which name runs by their ids. */
function CopyId({ run }: { run: string }) {
  return (
    <CopyButton value={run}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('run.copied') : run}>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t('run.copyId')}
            onClick={copy}
          >
            {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** Leads to the way of a row, by its key. */
function FollowKey({ run }: { run: string }) {
  const navigate = route.useNavigate();
  const [key, setKey] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = key.trim();
        if (wanted !== '') {
          void navigate({ to: '/runs/$run/trace/$key', params: { run, key: wanted } });
        }
      }}
    >
      <TextInput
        aria-label={t('trace.key')}
        placeholder={t('trace.keyHint')}
        leftSection={<IconRoute size={15} />}
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
    </form>
  );
}
