import { Text } from '@mantine/core';
import { useCampaignAction } from '@/api/lifecycle';
import { Expectation } from '@/features/common/Expectation';
import { useRunnable, type Editing } from '@/features/common/useRunnable';
import { WhichText } from '@/features/common/WhichText';
import { t } from '@/i18n';
import { ConfirmDialog } from '@/ui/ConfirmDialog';

interface Props {
  campaign: { name: string; label: string };
  /** What the editor has, `null` where it has no changes; to be left out where nobody edits. */
  editing?: Editing | null;
  onClose: () => void;
}

/** Says what the version that is published will do, and when. */
export function PublishDialog({ campaign, editing, onClose }: Props) {
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
