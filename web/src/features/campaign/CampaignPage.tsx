import { Button, useComputedColorScheme } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconPencil, IconPlayerPlay } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { useActivityKinds, useCampaign, useCampaignVersion } from '@/api/campaigns';
import { useRun, useRuns } from '@/api/runs';
import type { ActivityKind, Campaign, CampaignDocument, RunListed, RunState } from '@/api/types';
import { Canvas } from '@/canvas/Canvas';
import { runsSideways } from '@/canvas/edit/document';
import { parsePort, portText } from '@/canvas/graph';
import { campaignLook } from '@/canvas/states';
import { ActivityPanel } from '@/features/campaign/ActivityPanel';
import { PopulationDrawer } from '@/features/campaign/PopulationDrawer';
import { LaunchesButton, SideButton, SideDrawer } from '@/features/campaign/SideDrawer';
import { LogLink, newerThan } from '@/features/campaign/RunLinks';
import { RunPicker } from '@/features/campaign/RunPicker';
import { scheduleWords } from '@/features/campaign/schedule';
import { NO_RUN, type CampaignSearch } from '@/features/campaign/search';
import { LaunchDialog } from '@/features/common/LaunchDialog';
import { LifecycleMenu } from '@/features/common/LifecycleMenu';
import { RunAlerts } from '@/features/common/RunAlerts';
import { RunControls } from '@/features/common/RunControls';
import { RunTrouble } from '@/features/common/RunTrouble';
import { t } from '@/i18n';
import { PageHeader } from '@/ui/PageHeader';
import { Pill } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/campaign.module.css';
import ui from '@/ui/ui.module.css';

const EditMode = lazy(async () => ({
  default: (await import('@/features/campaign/EditMode')).EditMode,
}));
const route = getRouteApi('/campaigns/$name');
const GOING: RunState[] = ['running', 'paused', 'held'];

export function CampaignPage() {
  const { name } = route.useParams();
  const campaign = useCampaign(name);
  const runs = useRuns(name);
  if (campaign.isError) {
    const retry = () => void campaign.refetch();
    return (
      <ErrorState
        title={t('campaign.cannotShow', { name })}
        error={campaign.error}
        onRetry={retry}
      />
    );
  }
  // Whether it ran says what is shown, and what stands at its head.
  if (campaign.isPending || runs.isPending) {
    return <LoadingRows rows={8} label={t('campaign.loading')} />;
  }
  return (
    <>
      <Loaded campaign={campaign.data} />
      <SideDrawer campaign={campaign.data} />
    </>
  );
}

function Loaded({ campaign }: { campaign: Campaign }) {
  const { name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const kinds = useActivityKinds();
  const runs = useRuns(name);
  const neverRan = runs.isSuccess && runs.data.length === 0;
  // Where a run is named it is meant to be seen, also before the list of runs has it.
  const editing =
    search.edit === 'yes' || (search.edit === undefined && search.run === undefined && neverRan);
  // A run that goes on stays in sight, also of those who edit.
  const going = runs.data?.find(({ state }) => GOING.includes(state))?.run;
  const shown = search.run ?? (editing ? (going ?? NO_RUN) : runs.data?.[0]?.run);
  const runId = shown === NO_RUN ? undefined : shown;
  const run = useRun(runId);

  const change = (part: Partial<CampaignSearch>) =>
    void navigate({ search: (former) => ({ ...former, ...part }), replace: true });
  const open = search.port === undefined ? undefined : parsePort(search.port);
  const close = () => change({ activity: undefined, port: undefined, page: undefined });
  useEscape(!editing && (search.activity !== undefined || search.port !== undefined), close);

  const rows = open !== undefined && runId !== undefined && (
    <PopulationDrawer
      run={runId}
      source={open}
      activity={campaign.document.canvas.activities.find(({ id }) => id === open.activity)}
      page={search.page ?? 1}
      onPage={(page) => change({ page: page > 1 ? page : undefined })}
      onClose={() => change({ port: undefined, page: undefined })}
    />
  );
  if (editing) {
    if (kinds.data === undefined) return <LoadingRows rows={8} label={t('campaign.loading')} />;
    return (
      <Suspense fallback={<LoadingRows rows={8} label={t('campaign.loading')} />}>
        <EditMode
          key={name}
          campaign={campaign}
          kinds={kinds.data}
          runs={runs.data ?? []}
          run={run.data}
          search={search}
          change={change}
        >
          {rows}
        </EditMode>
      </Suspense>
    );
  }
  return (
    <Watching
      campaign={campaign}
      kinds={kinds.data}
      runs={runs.data ?? []}
      run={run}
      runId={runId}
      search={search}
      change={change}
      onClose={close}
    >
      {rows}
    </Watching>
  );
}

interface WatchingProps {
  campaign: Campaign;
  kinds: ActivityKind[] | undefined;
  runs: RunListed[];
  run: ReturnType<typeof useRun>;
  runId: string | undefined;
  search: CampaignSearch;
  change: (part: Partial<CampaignSearch>) => void;
  onClose: () => void;
  children: ReactNode;
}

/** The campaign as it ran. */
function Watching(props: WatchingProps) {
  const { campaign, kinds, runs, run, runId, search, change, onClose, children } = props;
  const { name } = campaign.document;
  const colorScheme = useComputedColorScheme('light');
  const [starting, setStarting] = useState(false);
  const older = run.data !== undefined && run.data.version !== campaign.version;
  const ranDocument = useCampaignVersion(name, older ? run.data.version : undefined);
  const document = older && ranDocument.data ? ranDocument.data : campaign.document;
  const open = search.port === undefined ? undefined : parsePort(search.port);
  const label = campaign.document.label ?? name;
  const look = campaignLook(campaign.state);
  const newer = newerThan(run.data, campaign.version);
  const chosen = document.canvas.activities.find(({ id }) => id === search.activity);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <PageHeader
          back={
            <Link to="/campaigns" className={ui.back}>
              <IconArrowLeft size={15} /> {t('campaigns.title')}
            </Link>
          }
          title={label}
          badges={
            <>
              <Pill tone={look.tone}>{look.label}</Pill>{' '}
              {campaign.draft && <Pill tone="warn">{t('editor.unsaved')}</Pill>}
            </>
          }
          subtitle={<About document={campaign.document} />}
          actions={
            <>
              {run.data !== undefined && <RunControls run={run.data} newer={newer} />}
              <RunPicker
                runs={runs}
                value={search.run === NO_RUN ? NO_RUN : (runId ?? NO_RUN)}
                onChange={(next) => change({ run: next, port: undefined, page: undefined })}
              />
              {runId !== undefined && (
                <Button
                  variant="default"
                  rightSection={<IconArrowRight size={15} />}
                  renderRoot={(root) => <Link to="/runs/$run" params={{ run: runId }} {...root} />}
                >
                  {t('run.ledger')}
                </Button>
              )}
              {runId !== undefined && <LogLink run={runId} />}
              <Button
                variant="default"
                leftSection={<IconPencil size={16} />}
                onClick={() =>
                  change({ edit: 'yes', run: runId, port: undefined, page: undefined })
                }
              >
                {t('editor.edit')}
              </Button>
              <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => setStarting(true)}>
                {t('run.now')}
              </Button>
              <LaunchesButton />
              <SideButton campaign={name} />
              <LifecycleMenu campaign={{ name, label, state: campaign.state }} />
            </>
          }
        />
        {run.data !== undefined && (
          <div className={classes.told}>
            <RunTrouble run={run.data} newer={newer} />
            <RunAlerts run={run.data} />
          </div>
        )}
      </div>
      {older && (
        <p className={classes.notice}>
          {t('campaign.older', { ran: run.data.version, now: campaign.version })}{' '}
          {ranDocument.data ? t('campaign.asItRan') : t('campaign.asItIs')}
        </p>
      )}
      <div className={classes.work}>
        <div className={classes.stage}>
          <div className={classes.canvas}>
            {run.isError ? (
              <ErrorState
                title={t('campaign.noRun')}
                error={run.error}
                onRetry={() => void run.refetch()}
              />
            ) : (
              <Canvas
                document={document}
                ports={campaign.ports}
                kinds={kinds}
                run={run.data}
                colorScheme={colorScheme}
                direction={search.layout ?? (runsSideways(document) ? 'right' : 'down')}
                onDirection={(to) => change({ layout: to === 'right' ? 'right' : undefined })}
                chosenActivity={search.activity}
                chosenPort={open}
                onActivity={(id) => (id === undefined ? onClose() : change({ activity: id }))}
                onPort={(port) => change({ port: portText(port), page: undefined })}
              />
            )}
          </div>
          {children}
        </div>
        {chosen !== undefined && (
          <ActivityPanel
            key={chosen.id}
            campaign={document.name}
            activity={chosen}
            kinds={kinds}
            run={run.data}
            newer={newer}
            onPort={(port) => change({ port: portText(port), page: undefined })}
            onClose={() => change({ activity: undefined })}
          />
        )}
      </div>
      {starting && <LaunchDialog campaign={{ name, label }} onClose={() => setStarting(false)} />}
    </div>
  );
}

function About({ document }: { document: CampaignDocument }) {
  const when = scheduleWords(document.schedule, document.time_zone);
  return [document.description, when].filter(Boolean).join(' · ');
}

/** Escape closes what is open, unless a dialog or a field has use for it. */
function useEscape(active: boolean, onEscape: () => void): void {
  useEffect(() => {
    if (!active) return undefined;
    const listen = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : null;
      const elsewhere = target?.closest('[role="dialog"], input, [role="listbox"]') ?? null;
      if (event.key === 'Escape' && elsewhere === null) onEscape();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
}
