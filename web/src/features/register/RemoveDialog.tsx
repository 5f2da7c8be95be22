import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChangeRegister, type Registered } from '@/api/people';
import { Trouble } from '@/features/register/Trouble';
import { t } from '@/i18n';

export function RemoveDialog({ line, onClose }: { line: Registered; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const change = useChangeRegister();
  const { list, channel, subject, value, dimension } = line;
  const entry = {
    list,
    channel,
    subject,
    value,
    reason,
    ...(dimension !== null && { dimension }),
  };
  return (
    <Modal opened onClose={onClose} title={t('register.removeOne', { value })}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ remove: true, entry }, { onSuccess: onClose });
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('register.removeHelp')}</Text>
          <TextInput
            required
            data-autofocus
            label={t('word.reason')}
            description={t('register.reasonHelp')}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Trouble error={change.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="red" loading={change.isPending}>
              {t('register.remove')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
