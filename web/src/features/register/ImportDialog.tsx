import { Button, FileInput, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useDocuments } from '@/api/documents';
import { useImportRegister } from '@/api/people';
import { Trouble } from '@/features/register/Trouble';
import { DataTable } from '@/ui/DataTable';
import { humanize } from '@/ui/format';
import { t, tMaybe } from '@/i18n';

const KINDS = ['suppression address', 'suppression domain', 'opt-out address', 'opt-out person'];

/** Adds each line of a list. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [kind, setKind] = useState('suppression address');
  const [reason, setReason] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const dimensions = useDocuments('dimension').data ?? [];
  const [dimension, setDimension] = useState<string>();
  const imported = useImportRegister();
  const [list = '', subject = ''] = kind.split(' ');
  const of = dimension ?? dimensions[0]?.name;
  const submit = async () => {
    if (file === null) return;
    const like = {
      list,
      channel: 'email',
      subject,
      reason,
      ...(subject === 'person' && of !== undefined && { dimension: of }),
    };
    imported.mutate({ like, text: await file.text() });
  };
  const { data } = imported;
  return (
    <Modal opened onClose={onClose} size="lg" title={t('register.import')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <Select
            label={t('register.listLabel')}
            allowDeselect={false}
            value={kind}
            onChange={(next) => setKind(next ?? 'suppression address')}
            data={KINDS.map((value) => {
              const [of, what] = value.split(' ');
              return {
                value,
                label: `${tMaybe('register.list', of ?? '')}: ${tMaybe('register.subject', what ?? '')}`,
              };
            })}
          />
          {subject === 'person' && (
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
          <FileInput
            required
            label={t('register.file')}
            description={t('register.fileHelp')}
            accept=".csv,.txt"
            value={file}
            onChange={setFile}
          />
          <TextInput
            required
            label={t('word.reason')}
            value={reason}
            onChange={({ currentTarget }) => setReason(currentTarget.value)}
          />
          <Trouble error={imported.error} />
          {data !== undefined && (
            <>
              <Text size="sm" role="status">
                {t('register.imported', {
                  added: data.added,
                  known: data.known,
                  rejected: data.rejected,
                })}
              </Text>
              {data.rejects.length > 0 && (
                <DataTable
                  dense
                  label={t('import.rejects')}
                  rows={data.rejects}
                  rowKey={({ line }) => String(line)}
                  columns={[
                    { id: 'line', header: t('import.line'), cell: ({ line }) => line },
                    { id: 'value', header: t('import.value'), cell: ({ value }) => value },
                    { id: 'reason', header: t('word.reason'), cell: ({ reason: why }) => why },
                  ]}
                />
              )}
            </>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {data === undefined ? t('common.cancel') : t('import.close')}
            </Button>
            {data === undefined && (
              <Button type="submit" loading={imported.isPending} disabled={file === null}>
                {t('register.import')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
