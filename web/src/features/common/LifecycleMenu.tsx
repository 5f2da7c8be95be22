import {
  ActionIcon,
  Alert,
  Button,
  Group,
  Menu,
  Modal,
  Skeleton,
  Text,
  Tooltip,
} from '@mantine/core';
import {
  IconAlertTriangle,
  IconArchive,
  IconArrowBackUp,
  IconCopy,
  IconDots,
  IconFileExport,
  IconPlayerStop,
  IconRocket,
  IconTemplate,
  IconTrash,
  IconVersions,
} from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useDeleteCampaigns } from '@/api/documents';
import { useCampaignAction, useDryRun, useOperations, type CampaignAction } from '@/api/lifecycle';
import { ExportDialog } from '@/features/bundle/ExportDialog';
import { DuplicateDialog } from '@/features/common/DuplicateDialog';
import { Expected } from '@/features/common/LaunchDialog';
import { CopyAsTemplateDialog } from '@/features/templates/CopyAsTemplateDialog';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';

interface Props {
  campaign: { name: string; label: string; state: string; version: number };
  /** What is done before it is published, such as saving; it is published only on `true`. */
  before?: () => Promise<boolean>;
}

type Deed = CampaignAction | 'delete' | 'duplicate' | 'template' | 'export';

const ACTIONS: { action: CampaignAction; states: string[]; Icon: typeof IconRocket }[] = [
  { action: 'publish', states: ['draft'], Icon: IconRocket },
  { action: 'unpublish', states: ['scheduled', 'live', 'publishing'], Icon: IconArrowBackUp },
  { action: 'close', states: ['live'], Icon: IconPlayerStop },
  { action: 'stop', states: ['live', 'scheduled'], Icon: IconPlayerStop },
  {
    action: 'archive',
    states: ['scheduled', 'live', 'completed', 'stopped', 'closed'],
    Icon: IconArchive,
  },
  { action: 'restore', states: ['archived'], Icon: IconArrowBackUp },
];

/** What can become of a campaign, as far as its state and the server allow. */
export function LifecycleMenu({ campaign, before }: Props) {
  const [asking, setAsking] = useState<Deed>();
  const has = useOperations();
  const offered = ACTIONS.filter(
    ({ action, states }) => has(`/campaigns/{name}/${action}`) && states.includes(campaign.state),
  );
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Tooltip label={t('life.more')}>
            <ActionIcon variant="default" size={36} aria-label={t('life.more')}>
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
              <Link to="/campaigns/$name/versions" params={{ name: campaign.name }} {...root} />
            )}
          >
            {t('versions.title')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={15} />}
            onClick={() => setAsking('delete')}
          >
            {t('life.delete')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking === 'duplicate' && (
        <DuplicateDialog campaign={campaign} onClose={() => setAsking(undefined)} />
      )}
      {asking === 'template' && (
        <CopyAsTemplateDialog campaign={campaign} onClose={() => setAsking(undefined)} />
      )}
      {asking === 'export' && (
        <ExportDialog campaign={campaign} onClose={() => setAsking(undefined)} />
      )}
      {asking !== undefined && isConfirmed(asking) && (
        <Confirm
          campaign={campaign}
          deed={asking}
          before={before}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

function isConfirmed(deed: Deed): deed is CampaignAction | 'delete' {
  return !['duplicate', 'template', 'export'].includes(deed);
}

/** Says what will happen before it does. */
function Confirm({
  campaign,
  deed,
  before,
  onClose,
}: Props & { deed: CampaignAction | 'delete'; onClose: () => void }) {
  const action = useCampaignAction();
  const remove = useDeleteCampaigns();
  const navigate = useNavigate();
  const [refused, setRefused] = useState(false);
  const dryRun = useDryRun(campaign.name, campaign.version, deed === 'publish');
  const error = action.error ?? remove.error;

  async function confirm() {
    setRefused(false);
    if (deed === 'publish' && before !== undefined && !(await before())) return setRefused(true);
    if (deed === 'delete') {
      await remove.mutateAsync([campaign.name]);
      await navigate({ to: '/campaigns' });
    } else await action.mutateAsync({ name: campaign.name, action: deed });
    onClose();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('life.ask', { deed: t(`life.${deed}`), name: campaign.label })}
    >
      <Text size="sm">{t(`life.${deed}Text`)}</Text>
      {deed === 'publish' &&
        (dryRun.data === undefined ? (
          !dryRun.isError && (
            <Skeleton height={64} mt="md" role="status" aria-label={t('launch.reckoning')} />
          )
        ) : (
          <Expected campaign={campaign.name} dryRun={dryRun.data} />
        ))}
      {(error !== null || refused) && (
        <Alert mt="md" color="red" icon={<IconAlertTriangle size={18} />} title={t('life.failed')}>
          {error === null ? t('launch.notSaved') : sentence(error.message)}
        </Alert>
      )}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          color={deed === 'delete' ? 'red' : undefined}
          loading={action.isPending || remove.isPending}
          onClick={() => void confirm().catch(() => undefined)}
        >
          {t(`life.${deed}`)}
        </Button>
      </Group>
    </Modal>
  );
}
