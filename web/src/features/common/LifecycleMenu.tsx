import { ActionIcon, Menu, Text, Tooltip } from '@mantine/core';
import {
  IconArchive,
  IconArrowBackUp,
  IconChartBar,
  IconCopy,
  IconDots,
  IconFileExport,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRocket,
  IconTemplate,
  IconTrash,
  IconVersions,
  IconX,
} from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useDeleteCampaigns } from '@/api/documents';
import { useCampaignAction, useOperations, type CampaignAction } from '@/api/lifecycle';
import { ExportDialog } from '@/features/bundle/ExportDialog';
import { DuplicateDialog } from '@/features/common/DuplicateDialog';
import { Expectation } from '@/features/common/Expectation';
import { useRunnable, type Editing } from '@/features/common/useRunnable';
import { WhichText } from '@/features/common/WhichText';
import { CopyAsTemplateDialog } from '@/features/templates/CopyAsTemplateDialog';
import { t } from '@/i18n';
import { ConfirmDialog } from '@/ui/ConfirmDialog';

interface Props {
  campaign: { name: string; label: string; state: string };
  /** What the editor has, `null` where it has no changes; to be left out where nobody edits. */
  editing?: Editing | null;
  /** In a row of the list: small, with what else leads away from a row. */
  inRow?: boolean;
}

type Deed = CampaignAction | 'delete' | 'duplicate' | 'template' | 'export';

/** In which states what can be done, as the server has it. */
const ACTIONS: { action: CampaignAction; states: string[]; Icon: typeof IconRocket }[] = [
  { action: 'publish', states: ['draft'], Icon: IconRocket },
  {
    action: 'unpublish',
    states: ['scheduled', 'live', 'suspended'],
    Icon: IconArrowBackUp,
  },
  { action: 'suspend', states: ['scheduled', 'live'], Icon: IconPlayerPause },
  { action: 'continue', states: ['suspended'], Icon: IconPlayerPlay },
  { action: 'close', states: ['scheduled', 'live', 'suspended'], Icon: IconX },
  { action: 'stop', states: ['scheduled', 'live', 'suspended', 'closed'], Icon: IconPlayerStop },
  {
    action: 'archive',
    states: ['scheduled', 'live', 'suspended', 'closed', 'completed', 'stopped'],
    Icon: IconArchive,
  },
  { action: 'restore', states: ['archived'], Icon: IconArrowBackUp },
];
const DELETED_FROM = ['draft', 'archived'];

/** What can become of a campaign, as far as its state and the server allow. */
export function LifecycleMenu({ campaign, editing, inRow = false }: Props) {
  const { name, label, state } = campaign;
  const [asking, setAsking] = useState<Deed>();
  const has = useOperations();
  const close = () => setAsking(undefined);
  const offered = ACTIONS.filter(
    ({ action, states }) => has(`/campaigns/{name}/${action}`) && states.includes(state),
  );
  const more = inRow ? t('life.moreFor', { name: label }) : t('life.more');
  return (
    // What is clicked in here is no click on the row.
    <div onClick={(event) => event.stopPropagation()}>
      <Menu position="bottom-end">
        <Menu.Target>
          <Tooltip label={more}>
            <ActionIcon
              variant={inRow ? 'subtle' : 'default'}
              color={inRow ? 'gray' : undefined}
              size={inRow ? 30 : 36}
              aria-label={more}
            >
              <IconDots size={18} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {offered.map(({ action, Icon }) => (
            <Menu.Item
              key={action}
              leftSection={<Icon size={15} />}
              onClick={() => setAsking(action)}
            >
              {t(`life.${action}`)}
            </Menu.Item>
          ))}
          {offered.length > 0 && <Menu.Divider />}
          {inRow && <Reports name={name} />}
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => setAsking('duplicate')}>
            {t('life.duplicate')}
          </Menu.Item>
          <Menu.Item leftSection={<IconTemplate size={15} />} onClick={() => setAsking('template')}>
            {t('templates.copy')}
          </Menu.Item>
          <Menu.Item leftSection={<IconFileExport size={15} />} onClick={() => setAsking('export')}>
            {t('bundle.export')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconVersions size={15} />}
            renderRoot={(root) => (
              <Link to="/campaigns/$name/versions" params={{ name }} {...root} />
            )}
          >
            {t('versions.title')}
          </Menu.Item>
          {DELETED_FROM.includes(state) && (
            <>
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<IconTrash size={15} />}
                onClick={() => setAsking('delete')}
              >
                {t('life.delete')}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {asking === 'duplicate' && <DuplicateDialog campaign={campaign} onClose={close} />}
      {asking === 'template' && <CopyAsTemplateDialog campaign={campaign} onClose={close} />}
      {asking === 'export' && <ExportDialog campaign={campaign} onClose={close} />}
      {asking === 'publish' && <Publish campaign={campaign} editing={editing} onClose={close} />}
      {asking !== undefined && isPlain(asking) && (
        <Confirm campaign={campaign} deed={asking} stays={inRow} onClose={close} />
      )}
    </div>
  );
}

function Reports({ name }: { name: string }) {
  const report = { kind: 'campaign' as const, name };
  return (
    <>
      <Menu.Item
        leftSection={<IconChartBar size={15} />}
        renderRoot={(root) => <Link to="/reports" search={report} {...root} />}
      >
        {t('life.report')}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconChartBar size={15} />}
        renderRoot={(root) => (
          <Link to="/reports" search={{ ...report, from: 'now-1d' }} {...root} />
        )}
      >
        {t('life.reportOfDay')}
      </Menu.Item>
    </>
  );
}

type Plain = Exclude<CampaignAction, 'publish'> | 'delete';

function isPlain(deed: Deed): deed is Plain {
  return !['publish', 'duplicate', 'template', 'export'].includes(deed);
}

interface ConfirmProps {
  campaign: Props['campaign'];
  onClose: () => void;
}

/** Says what will happen before it does. */
function Confirm({
  campaign,
  deed,
  stays,
  onClose,
}: ConfirmProps & { deed: Plain; stays: boolean }) {
  const action = useCampaignAction();
  const remove = useDeleteCampaigns();
  const navigate = useNavigate();
  async function confirm() {
    if (deed === 'delete') {
      await remove.mutateAsync([campaign.name]);
      if (!stays) await navigate({ to: '/campaigns' });
    } else await action.mutateAsync({ name: campaign.name, action: deed });
  }
  return (
    <ConfirmDialog
      title={t('life.ask', { deed: t(`life.${deed}`), name: campaign.label })}
      confirm={t(`life.${deed}`)}
      danger={deed === 'delete' || deed === 'stop'}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Text size="sm">{t(`life.${deed}Text`)}</Text>
    </ConfirmDialog>
  );
}

/** Says what the version that is published will do, and when. */
function Publish({ campaign, editing, onClose }: ConfirmProps & { editing?: Editing | null }) {
  const action = useCampaignAction();
  const runnable = useRunnable(campaign.name, editing);
  async function publish() {
    await runnable.save();
    await action.mutateAsync({ name: campaign.name, action: 'publish' });
  }
  return (
    <ConfirmDialog
      size={620}
      title={t('life.ask', { deed: t('life.publish'), name: campaign.label })}
      confirm={t('life.publish')}
      disabled={!runnable.ready || runnable.errors > 0}
      onConfirm={publish}
      onClose={onClose}
    >
      <Text size="sm" mb="md">
        {t('life.publishText')}
      </Text>
      <WhichText runnable={runnable} />
      <div style={{ marginTop: 16 }}>
        <Expectation name={campaign.name} runnable={runnable} how="publish" />
      </div>
    </ConfirmDialog>
  );
}
