import { Button, useComputedColorScheme } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconPlayerPlay } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useActivityKinds, useCampaign, useCampaignVersion } from '@/api/campaigns';
import { useRun, useRuns } from '@/api/runs';
import type { Campaign, CampaignDocument } from '@/api/types';
import { Canvas } from '@/canvas/Canvas';
import { parsePort, portText } from '@/canvas/graph';
import { campaignLook } from '@/canvas/states';
import { ActivityPanel } from '@/features/campaign/ActivityPanel';
import { PopulationDrawer } from '@/features/campaign/PopulationDrawer';
import { RunPicker } from '@/features/campaign/RunPicker';
import { scheduleWords } from '@/features/campaign/schedule';
import { NO_RUN, type CampaignSearch } from '@/features/campaign/search';
import { RunControls } from '@/features/common/RunControls';
import { RunNowDialog } from '@/features/common/RunNowDialog';
import { RunTrouble } from '@/features/common/RunTrouble';
import { PageHeader } from '@/ui/PageHeader';
import { Pill } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/campaign.module.css';
import ui from '@/ui/ui.module.css';

const route = getRouteApi('/campaigns/$name');

export function CampaignPage() {
  const { name } = route.useParams();
  const campaign = useCampaign(name);
  if (campaign.isPending) return <LoadingRows rows={8} label="Loading the campaign" />;
  if (campaign.isError) {
    const retry = () => void campaign.refetch();
    return (
      <ErrorState
        title={`Campaign “${name}” cannot be shown`}
        error={campaign.error}
        onRetry={retry}
      />
    );
  }
  return <Loaded campaign={campaign.data} />;
}

function Loaded({ campaign }: { campaign: Campaign }) {
  const { name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const colorScheme = useComputedColorScheme('light');
  const [starting, setStarting] = useState(false);
  const kinds = useActivityKinds();
  const runs = useRuns(name);
  const runId = search.run === NO_RUN ? undefined : (search.run ?? runs.data?.[0]?.run);
  const run = useRun(runId);
  const older = run.data !== undefined && run.data.version !== campaign.version;
  const ranDocument = useCampaignVersion(name, older ? run.data.version : undefined);
  const document = older && ranDocument.data ? ranDocument.data : campaign.document;

  const change = (part: Partial<CampaignSearch>) =>
    void navigate({ search: (former) => ({ ...former, ...part }), replace: true });
  const open = search.port === undefined ? undefined : parsePort(search.port);
  const close = () => change({ activity: undefined, port: undefined, page: undefined });
  useEscape(search.activity !== undefined || search.port !== undefined, close);

  const label = campaign.document.label ?? name;
  const look = campaignLook(campaign.state);
  const chosen = document.canvas.activities.find(({ id }) => id === search.activity);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <PageHeader
          back={
            <Link to="/campaigns" className={ui.back}>
              <IconArrowLeft size={15} /> Campaigns
            </Link>
          }
          title={label}
          badges={<Pill tone={look.tone}>{look.label}</Pill>}
          subtitle={<About document={campaign.document} />}
          actions={
            <>
              {run.data !== undefined && <RunControls run={run.data.run} state={run.data.state} />}
              <RunPicker
                runs={runs.data ?? []}
                value={search.run === NO_RUN ? NO_RUN : (runId ?? NO_RUN)}
                onChange={(next) => change({ run: next, port: undefined, page: undefined })}
              />
              {runId !== undefined && (
                <Button
                  variant="default"
                  rightSection={<IconArrowRight size={15} />}
                  renderRoot={(props) => (
                    <Link to="/runs/$run" params={{ run: runId }} {...props} />
                  )}
                >
                  Ledger
                </Button>
              )}
              <Button leftSection={<IconPlayerPlay size={16} />} onClick={() => setStarting(true)}>
                Run now
              </Button>
            </>
          }
        />
        {run.data !== undefined && <RunTrouble run={run.data} />}
      </div>
      {older && (
        <p className={classes.notice}>
          This run used version {run.data.version}; the campaign is at version {campaign.version}{' '}
          now. {ranDocument.data ? 'You see it as it ran.' : 'You see it as it is now.'}
        </p>
      )}
      <div className={classes.work}>
        <div className={classes.stage}>
          <div className={classes.canvas}>
            {run.isError ? (
              <ErrorState title="The run cannot be shown" error={run.error} />
            ) : (
              <Canvas
                document={document}
                ports={campaign.ports}
                kinds={kinds.data}
                run={run.data}
                colorScheme={colorScheme}
                direction={search.layout ?? 'down'}
                onDirection={(to) => change({ layout: to === 'right' ? 'right' : undefined })}
                chosenActivity={search.activity}
                chosenPort={open}
                onActivity={(id) => (id === undefined ? close() : change({ activity: id }))}
                onPort={(port) => change({ port: portText(port), page: undefined })}
              />
            )}
          </div>
          {open !== undefined && runId !== undefined && (
            <PopulationDrawer
              run={runId}
              source={open}
              activity={document.canvas.activities.find(({ id }) => id === open.activity)}
              page={search.page ?? 1}
              onPage={(page) => change({ page: page > 1 ? page : undefined })}
              onClose={() => change({ port: undefined, page: undefined })}
            />
          )}
        </div>
        {chosen !== undefined && (
          <ActivityPanel
            key={chosen.id}
            activity={chosen}
            kinds={kinds.data}
            run={run.data}
            onPort={(port) => change({ port: portText(port), page: undefined })}
            onClose={() => change({ activity: undefined })}
          />
        )}
      </div>
      <RunNowDialog
        opened={starting}
        onClose={() => setStarting(false)}
        campaign={{ name, label, draft: campaign.state === 'draft' }}
      />
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
