import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { useCopyAsTemplate, useTemplates } from '@/api/library';
import { nameFrom } from '@/ui/names';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';

interface Props {
  campaign: { name: string; label: string };
  onClose: () => void;
}

/** A template made of the newest version of a campaign. */
export function CopyAsTemplateDialog({ campaign, onClose }: Props) {
  const [label, setLabel] = useState(campaign.label);
  const taken = useTemplates().data?.map(({ name }) => name) ?? [];
  const copy = useCopyAsTemplate(campaign.name);
  const navigate = useNavigate();
  const name = nameFrom(label, taken);

  async function confirm(event: FormEvent) {
    event.preventDefault();
    await copy.mutateAsync({ name, label });
    onClose();
    await navigate({ to: '/templates', search: { search: label } });
  }

  return (
    <Modal opened onClose={onClose} title={t('templates.copyTitle', { name: campaign.label })}>
      <form onSubmit={(event) => void confirm(event).catch(() => undefined)}>
        <Stack gap="md">
          <Text size="sm">{t('templates.copyText')}</Text>
          <TextInput
            data-autofocus
            label={t('templates.label')}
            description={t('create.name', { name })}
            value={label}
            onChange={({ currentTarget }) => setLabel(currentTarget.value)}
          />
          {copy.error !== null && (
            <Alert color="red" icon={<IconAlertTriangle size={18} />} title={t('create.failed')}>
              {sentence(copy.error.message)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={copy.isPending} disabled={label.trim() === ''}>
              {t('templates.copy')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
