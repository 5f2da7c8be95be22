import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useBundle, type Bundle } from '@/api/library';
import { t, tMaybe } from '@/i18n';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/bundle/bundle.module.css';

interface Props {
  campaign: { name: string; label: string };
  onClose: () => void;
}

/** A campaign as one file. */
export function ExportDialog({ campaign, onClose }: Props) {
  const bundle = useBundle(campaign.name);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('bundle.exportTitle', { name: campaign.label })}
      size={560}
    >
      <Stack gap="md">
        <Text size="sm">{t('bundle.exportText')}</Text>
        {bundle.isPending && <LoadingRows label={t('bundle.preparing')} />}
        {bundle.isError && <ErrorState title={t('bundle.cannotExport')} error={bundle.error} />}
        {bundle.isSuccess && <Contents bundle={bundle.data} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            leftSection={<IconDownload size={16} />}
            disabled={!bundle.isSuccess}
            onClick={() => {
              if (bundle.data === undefined) return;
              download(`${campaign.name}.yaml`, bundle.data.text);
              onClose();
            }}
          >
            {t('bundle.download')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Contents({ bundle }: { bundle: Bundle }) {
  const { documents, audiences, environment } = bundle;
  return (
    <>
      <div className={classes.inside} tabIndex={0} role="region" aria-label={t('bundle.documents')}>
        <ul>
          {documents.map(({ kind, name }) => (
            <li key={`${kind}/${name}`}>
              <span>{tMaybe('documentKind', kind) ?? kind}</span> {name}
            </li>
          ))}
        </ul>
      </div>
      {audiences.length > 0 && (
        <Text size="sm">{t('bundle.audiences', { names: audiences.join(', ') })}</Text>
      )}
      {environment.length > 0 && (
        <Text size="sm">{t('bundle.environment', { names: environment.join(', ') })}</Text>
      )}
    </>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
