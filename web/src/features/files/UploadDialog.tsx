import { Alert, Button, FileInput, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useKeepFile, type StoredFile } from '@/api/files';
import { pathIn } from '@/features/files/folders';
import { formatBytes, sentence } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  /** The folder that is open. */
  folder: string;
  files: StoredFile[];
  onClose: () => void;
}

/** Puts files into a folder, one after the other; those that would be replaced are named before. */
export function UploadDialog({ folder, files, onClose }: Props) {
  const keep = useKeepFile();
  const [chosen, setChosen] = useState<File[]>([]);
  const [into, setInto] = useState(folder);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const known = new Set(files.map(({ name }) => name));
  const replaced = chosen.map(({ name }) => pathIn(into, name)).filter((path) => known.has(path));
  const upload = async () => {
    setBusy(true);
    setError(undefined);
    try {
      for (const file of chosen) {
        await keep.mutateAsync({ file, name: pathIn(into, file.name) });
        // What has arrived is not sent again when a later one fails.
        setChosen((former) => former.filter((each) => each !== file));
      }
      onClose();
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} size="lg" title={t('files.upload')}>
      <Stack gap="sm">
        <FileInput
          required
          multiple
          label={t('files.chosen')}
          leftSection={<IconUpload size={16} />}
          value={chosen}
          onChange={setChosen}
        />
        <TextInput
          label={t('files.into')}
          description={t('files.intoHelp')}
          value={into}
          onChange={({ currentTarget }) => setInto(currentTarget.value)}
        />
        {chosen.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('count.files', { n: chosen.length })},{' '}
            {formatBytes(chosen.reduce((sum, { size }) => sum + size, 0))}
          </Text>
        )}
        {replaced.length > 0 && (
          <Alert color="yellow" p="xs">
            {t('files.replaced', { names: replaced.join(', ') })}
          </Alert>
        )}
        {error !== undefined && (
          <Alert color="red" p="xs">
            {sentence(error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button loading={busy} disabled={chosen.length === 0} onClick={() => void upload()}>
            {replaced.length > 0 ? t('files.replace') : t('files.upload')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
