import { ActionIcon, Button, Text, Tooltip } from '@mantine/core';
import {
  IconArrowLeft,
  IconDeviceFloppy,
  IconEye,
  IconPlayerPlay,
  IconSettings,
  IconTrashX,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { useDraft } from '@/api/drafts';
import type { ActivityKind, Campaign, Draft, RunListed, RunSummary } from '@/api/types';
import { campaignLook } from '@/canvas/states';
import { InRun } from '@/features/campaign/ActivityPanel';
import { EditorView } from '@/features/campaign/EditorView';
import { PropertiesDialog } from '@/features/campaign/PropertiesDialog';
import { LogLink, newerThan } from '@/features/campaign/RunLinks';
import { LaunchesButton, SideButton } from '@/features/campaign/SideDrawer';
import { scheduleWords } from '@/features/campaign/schedule';
import type { CampaignSearch } from '@/features/campaign/search';
import { useEditor, type Editor } from '@/features/campaign/useEditor';
import { LaunchDialog } from '@/features/common/LaunchDialog';
import { LifecycleMenu } from '@/features/common/LifecycleMenu';
import { RunAlerts } from '@/features/common/RunAlerts';
import { RunControls } from '@/features/common/RunControls';
import { RunTrouble } from '@/features/common/RunTrouble';
import type { Editing } from '@/features/common/useRunnable';
import { t } from '@/i18n';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { PageHeader } from '@/ui/PageHeader';
import { Pill } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/campaign.module.css';
import editorClasses from '@/features/campaign/editor.module.css';
import ui from '@/ui/ui.module.css';

interface Props {
  campaign: Campaign;
  kinds: ActivityKind[];
  runs: RunListed[];
  run: RunSummary | undefined;
  search: CampaignSearch;
  change: (part: Partial<CampaignSearch>) => void;
  /** The rows on a transition, when they are open. */
  children?: ReactNode;
}

/** The campaign with everything to work on it. */
export function EditMode(props: Props) {
  const { name } = props.campaign.document;
  const draft = useDraft(name, true);
  if (draft.isPending) return <LoadingRows rows={8} label={t('campaign.loading')} />;
  if (draft.isError) {
    const retry = () => void draft.refetch();
    return <ErrorState title={t('campaign.cannotEdit')} error={draft.error} onRetry={retry} />;
  }
  return <Working {...props} draft={draft.data} />;
}

function Working({
  campaign,
  kinds,
  runs,
  run,
  search,
  change,
  draft,
  children,
}: Props & { draft: Draft }) {
  const { name } = campaign.document;
  const editor = useEditor(name, draft);
  const [dialog, setDialog] = useState<'properties' | 'schedule' | 'launch' | 'discard'>();
  const [saving, setSaving] = useState(false);
  const { document } = editor;
  const label = document.label ?? name;
  const look = campaignLook(campaign.state);
  const errors = editor.check.errors.length;
  const saveAsVersion = async () => {
    setSaving(true);
    const saved = await editor.save();
    setSaving(false);
    if (!saved && editor.check.errors.length > 0) change({ view: 'problems' });
    return saved;
  };
  const editing = editor.dirty ? editingOf(editor, saveAsVersion) : null;
  const newer = newerThan(run, editor.version);
  useDraftTold(name, editor.dirty);
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
              {editor.dirty && <Pill tone="warn">{t('editor.unsaved')}</Pill>}
            </>
          }
          subtitle={
            <button
              type="button"
              className={editorClasses.when}
              onClick={() => setDialog('schedule')}
            >
              {scheduleWords(document.schedule ?? { type: 'asap' }, document.time_zone)}
            </button>
          }
          actions={
            <>
              {run !== undefined && <RunControls run={run} newer={newer} />}
              {run !== undefined && <LogLink run={run.run} />}
              <Tooltip label={t('properties.title')}>
                <ActionIcon
                  variant="default"
                  size={36}
                  aria-label={t('properties.title')}
                  onClick={() => setDialog('properties')}
                >
                  <IconSettings size={18} />
                </ActionIcon>
              </Tooltip>
              {editor.dirty && (
                <Tooltip label={t('editor.discardHelp')}>
                  <ActionIcon
                    variant="default"
                    size={36}
                    aria-label={t('editor.discard')}
                    onClick={() => setDialog('discard')}
                  >
                    <IconTrashX size={18} />
                  </ActionIcon>
                </Tooltip>
              )}
              {runs.length > 0 && (
                <Button
                  variant="default"
                  leftSection={<IconEye size={16} />}
                  onClick={() =>
                    change({ edit: undefined, transition: undefined, view: undefined })
                  }
                >
                  {t('editor.watch')}
                </Button>
              )}
              <Tooltip
                label={errors > 0 ? t('editor.saveErrors', { n: errors }) : t('editor.saveHelp')}
              >
                <Button
                  variant={editor.dirty ? 'filled' : 'default'}
                  leftSection={<IconDeviceFloppy size={16} />}
                  loading={saving}
                  disabled={!editor.dirty}
                  onClick={() => void saveAsVersion()}
                >
                  {t('editor.save')}
                </Button>
              </Tooltip>
              <Button
                variant={editor.dirty ? 'default' : 'filled'}
                leftSection={<IconPlayerPlay size={16} />}
                onClick={() => setDialog('launch')}
              >
                {t('run.now')}
              </Button>
              <LaunchesButton />
              <SideButton campaign={name} />
              <LifecycleMenu campaign={{ name, label, state: campaign.state }} editing={editing} />
            </>
          }
        />
        {run !== undefined && (
          <div className={classes.told}>
            <RunTrouble run={run} newer={newer} />
            <RunAlerts run={run} />
          </div>
        )}
      </div>
      <EditorView
        editor={editor}
        kinds={kinds}
        run={run}
        search={search}
        change={change}
        inRun={(id) => {
          const activity = document.canvas.activities.find((each) => each.id === id);
          if (run === undefined || activity === undefined) return null;
          if (!run.activities.some((each) => each.id === id)) return null;
          return (
            <InRun
              activity={activity}
              run={run}
              newer={newer}
              onPort={({ activity: from, port }) => change({ port: `${from}.${port}` })}
            />
          );
        }}
      >
        {children}
      </EditorView>
      {(dialog === 'properties' || dialog === 'schedule') && (
        <PropertiesDialog editor={editor} tab={dialog} onClose={() => setDialog(undefined)} />
      )}
      {dialog === 'launch' && (
        <LaunchDialog
          campaign={{ name, label }}
          editing={editing}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'discard' && (
        <ConfirmDialog
          title={t('editor.discardTitle')}
          confirm={t('editor.discard')}
          danger
          onConfirm={editor.discard}
          onClose={() => setDialog(undefined)}
        >
          <Text size="sm">{t('editor.discardText', { n: editor.version })}</Text>
        </ConfirmDialog>
      )}
    </div>
  );
}

/** What a launch or a publication has to know of what is changed here. */
function editingOf(editor: Editor, save: () => Promise<boolean>): Editing {
  const { document, ports, reply, state, check } = editor;
  return {
    document,
    ports,
    revision: reply.revision,
    kept: state === 'kept' && reply.revision > 0,
    errors: check.errors.length,
    save,
  };
}

/** Whoever leaves the editor is told at once that there are changes, or that there are none any more. */
function useDraftTold(name: string, draft: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    client.setQueryData<Campaign>(['campaigns', name], (former) =>
      former === undefined || former.draft === draft ? former : { ...former, draft },
    );
  }, [client, name, draft]);
}
