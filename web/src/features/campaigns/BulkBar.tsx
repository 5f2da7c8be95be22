import { Button, Group, Modal, TagsInput, Text, TextInput } from '@mantine/core';
import { IconArchive, IconFolder, IconTag, IconTrash, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useChangeCampaigns, useDeleteCampaigns } from '@/api/documents';
import { useCampaignAction, useOperations } from '@/api/lifecycle';
import type { CampaignDocument } from '@/api/types';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';
import classes from '@/features/campaigns/campaigns.module.css';

interface Props {
  names: string[];
  tags: string[];
  folders: string[];
  onDone: () => void;
}

/** What can be done with all chosen campaigns at once. */
export function BulkBar({ names, tags, folders, onDone }: Props) {
  const [asking, setAsking] = useState<'tags' | 'folder' | 'delete'>();
  const [error, setError] = useState<string>();
  const has = useOperations();
  const action = useCampaignAction();
  const change = useChangeCampaigns();
  const remove = useDeleteCampaigns();
  const finish = async (work: Promise<unknown>) => {
    setError(undefined);
    try {
      await work;
      setAsking(undefined);
      onDone();
    } catch (cause) {
      setAsking(undefined);
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  };
  const rewrite = (make: (document: CampaignDocument) => CampaignDocument) =>
    void finish(change.mutateAsync({ names, change: make }));
  const archive = async () => {
    for (const name of names) await action.mutateAsync({ name, action: 'archive' });
  };
  return (
    <div className={classes.bulk} role="toolbar" aria-label={t('bulk.label')}>
      <b>{t('bulk.chosen', { n: names.length })}</b>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconTag size={14} />}
        onClick={() => setAsking('tags')}
      >
        {t('bulk.tag')}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconFolder size={14} />}
        onClick={() => setAsking('folder')}
      >
        {t('bulk.move')}
      </Button>
      {has('/campaigns/{name}/archive') && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArchive size={14} />}
          onClick={() => void finish(archive())}
        >
          {t('life.archive')}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        color="red"
        leftSection={<IconTrash size={14} />}
        onClick={() => setAsking('delete')}
      >
        {t('life.delete')}
      </Button>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<IconX size={14} />}
        onClick={onDone}
      >
        {t('bulk.none')}
      </Button>
      {error !== undefined && (
        <Text size="sm" c="red" role="alert">
          {sentence(error)}
        </Text>
      )}
      {asking === 'tags' && (
        <Ask
          title={t('bulk.tag')}
          known={tags}
          onClose={() => setAsking(undefined)}
          onTags={(added) =>
            rewrite((document) => ({
              ...document,
              tags: [...new Set([...(document.tags ?? []), ...added])],
            }))
          }
        />
      )}
      {asking === 'folder' && (
        <AskFolder
          known={folders}
          onClose={() => setAsking(undefined)}
          onFolder={(folder) =>
            rewrite(({ folder: _former, ...document }) =>
              folder === '' ? document : { ...document, folder },
            )
          }
        />
      )}
      {asking === 'delete' && (
        <Modal
          opened
          onClose={() => setAsking(undefined)}
          title={t('bulk.deleteTitle', { n: names.length })}
        >
          <Text size="sm">{t('life.deleteText')}</Text>
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={() => setAsking(undefined)}>
              {t('common.cancel')}
            </Button>
            <Button
              color="red"
              loading={remove.isPending}
              onClick={() => void finish(remove.mutateAsync(names))}
            >
              {t('life.delete')}
            </Button>
          </Group>
        </Modal>
      )}
    </div>
  );
}

function Ask({
  title,
  known,
  onClose,
  onTags,
}: {
  title: string;
  known: string[];
  onClose: () => void;
  onTags: (tags: string[]) => void;
}) {
  const [value, setValue] = useState<string[]>([]);
  return (
    <Modal opened onClose={onClose} title={title}>
      <TagsInput
        data-autofocus
        label={t('bulk.tags')}
        data={known}
        value={value}
        onChange={setValue}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button disabled={value.length === 0} onClick={() => onTags(value)}>
          {t('bulk.add')}
        </Button>
      </Group>
    </Modal>
  );
}

function AskFolder({
  known,
  onClose,
  onFolder,
}: {
  known: string[];
  onClose: () => void;
  onFolder: (folder: string) => void;
}) {
  const [value, setValue] = useState('');
  return (
    <Modal opened onClose={onClose} title={t('bulk.move')}>
      <TextInput
        data-autofocus
        label={t('bulk.folder')}
        description={known.length > 0 ? t('bulk.folders', { names: known.join(', ') }) : undefined}
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
      />
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => onFolder(value.trim())}>{t('bulk.move')}</Button>
      </Group>
    </Modal>
  );
}
