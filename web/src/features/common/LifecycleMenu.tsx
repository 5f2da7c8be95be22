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
import { lazy, Suspense, useState } from 'react';
import { useDeleteCampaigns } from '@/api/documents';
import { useCampaignAction, useOperations, type CampaignAction } from '@/api/lifecycle';
import type { Editing } from '@/features/common/useRunnable';
import { t } from '@/i18n';
import { ConfirmDialog } from '@/ui/ConfirmDialog';

const CopyAsTemplateDialog = lazy(async () => ({
  default: (await import('@/features/templates/CopyAsTemplateDialog')).CopyAsTemplateDialog,
}));
const DuplicateDialog = lazy(async () => ({
  default: (await import('@/features/common/DuplicateDialog')).DuplicateDialog,
}));
const ExportDialog = lazy(async () => ({
  default: (await import('@/features/bundle/ExportDialog')).ExportDialog,
}));
const PublishDialog = lazy(async () => ({
  default: (await import('@/features/common/PublishDialog')).PublishDialog,
}));

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
  // The description of the server is large: a row asks for it when somebody comes near.
  const [near, setNear] = useState(!inRow);
  const has = useOperations(near);
  const close = () => setAsking(undefined);
  const offered = ACTIONS.filter(
    ({ action, states }) => has(`/campaigns/{name}/${action}`) && states.includes(state),
  );
  const more = inRow ? t('life.moreFor', { name: label }) : t('life.more');
  return (
    // What is clicked in here is no click on the row.
    <div
      onClick={(event) => event.stopPropagation()}
      onPointerEnter={() => setNear(true)}
      onFocus={() => setNear(true)}
    >
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
      <Suspense>
        {asking === 'duplicate' && <DuplicateDialog campaign={campaign} onClose={close} />}
        {asking === 'template' && <CopyAsTemplateDialog campaign={campaign} onClose={close} />}
        {asking === 'export' && <ExportDialog campaign={campaign} onClose={close} />}
        {asking === 'publish' && (
          <PublishDialog campaign={campaign} editing={editing} onClose={close} />
        )}
      </Suspense>
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
