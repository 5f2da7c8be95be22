import { Button, Group, Modal, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useDocuments } from '@/api/documents';
import { useChangeRegister } from '@/api/people';
import { Trouble } from '@/features/register/Trouble';
import { humanize } from '@/ui/format';
import { t, tMaybe } from '@/i18n';

interface Props {
  /** A person to add. */
  identity: string | undefined;
  dimension: string | undefined;
  onClose: () => void;
}

export function AddDialog({ identity, dimension: given, onClose }: Props) {
  const [list, setList] = useState('opt-out');
  const [subject, setSubject] = useState(identity === undefined ? 'address' : 'person');
  const [value, setValue] = useState(identity ?? '');
  const [dimension, setDimension] = useState(given);
  const [reason, setReason] = useState('');
  const dimensions = useDocuments('dimension').data ?? [];
  const change = useChangeRegister();
  const subjects = list === 'opt-out' ? ['address', 'person'] : ['address', 'domain'];
  const chosen = subjects.includes(subject) ? subject : 'address';
  const of = dimension ?? dimensions[0]?.name;
  const submit = () =>
    change.mutate(
      {
        remove: false,
        entry: {
          list,
          channel: 'email',
          subject: chosen,
          value,
          reason,
          ...(chosen === 'person' && of !== undefined && { dimension: of }),
        },
      },
      { onSuccess: onClose },
    );
  return (
    <Modal opened onClose={onClose} title={t('register.add')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <SegmentedControl
            aria-label={t('register.listLabel')}
            value={list}
            onChange={setList}
            data={['opt-out', 'suppression'].map((each) => ({
              value: each,
              label: tMaybe('register.list', each) ?? each,
            }))}
          />
          <Select
            label={t('register.subjectLabel')}
            allowDeselect={false}
            value={chosen}
            onChange={(next) => setSubject(next ?? 'address')}
            data={subjects.map((each) => ({
              value: each,
              label: tMaybe('register.subject', each) ?? each,
            }))}
          />
          {chosen === 'person' && (
            <Select
              label={t('people.dimension')}
              allowDeselect={false}
              value={of ?? null}
              onChange={(next) => setDimension(next ?? undefined)}
              data={dimensions.map(({ name, label }) => ({
                value: name,
                label: label ?? humanize(name),
              }))}
            />
          )}
          <TextInput
            required
            data-autofocus
            label={t('register.who')}
            description={t('register.whoHelp')}
            value={value}
            onChange={({ currentTarget }) => setValue(currentTarget.value)}
          />
          <TextInput
            required
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
            <Button type="submit" loading={change.isPending}>
              {t('register.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
