import { Alert, Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { fetchCampaignDocument, useApplyCampaigns, useCampaignHeads } from '@/api/documents';
import { nameFrom } from '@/ui/names';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';

interface Props {
  campaign: { name: string; label: string };
  onClose: () => void;
}

/** A copy under another name, as a new draft. */
export function DuplicateDialog({ campaign, onClose }: Props) {
  const [label, setLabel] = useState(t('life.copyOf', { name: campaign.label }));
  const taken = useCampaignHeads().data?.map(({ name }) => name) ?? [];
  const apply = useApplyCampaigns();
  const navigate = useNavigate();
  const name = nameFrom(label, taken);

  async function confirm(event: FormEvent) {
    event.preventDefault();
    const document = await fetchCampaignDocument(campaign.name);
    await apply.mutateAsync([{ ...document, name, label }]);
    onClose();
    await navigate({ to: '/campaigns/$name', params: { name }, search: { edit: 'yes' } });
  }

  return (
    <Modal opened onClose={onClose} title={t('life.duplicateTitle', { name: campaign.label })}>
      <form onSubmit={(event) => void confirm(event).catch(() => undefined)}>
        <Stack gap="md">
          <TextInput
            data-autofocus
            label={t('create.label')}
            description={t('create.name', { name })}
            value={label}
            onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          />
          {apply.error !== null && (
            <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('create.failed')}>
              {sentence(apply.error.message)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={apply.isPending}>
              {t('life.duplicate')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
