import { Button, Group, Modal, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useContents } from '@/api/contents';
import { useDimensions } from '@/api/documents';
import { Use } from '@/features/contents/ContentsPage';
import type { ContentEditor } from '@/features/contents/useContentEditor';
import { t } from '@/i18n';
import classes from '@/features/contents/contents.module.css';

/** What a content is called, where it is kept, whom it is for and from whom it comes. */
export function PropertiesDialog({
  editor,
  onClose,
}: {
  editor: ContentEditor;
  onClose: () => void;
}) {
  const { document, change } = editor;
  const dimensions = useDimensions();
  const line = useContents().data?.find(
    ({ kind, name }) => kind === document.kind && name === document.name,
  );
  const text = (name: 'label' | 'description' | 'folder', value: string) =>
    change({ [name]: value === '' ? undefined : value }, name);
  const sender = (field: 'from' | 'reply_to', part: { name?: string; address?: string }) => {
    const next = { ...document[field], ...part };
    const empty = (next.address ?? '') === '' && (next.name ?? '') === '';
    const { name, address = '' } = next;
    change({ [field]: empty ? undefined : { ...(name && { name }), address } }, field);
  };
  return (
    <Modal opened onClose={onClose} title={t('properties.properties')} size={560}>
      <Stack gap="md">
        <TextInput
          data-autofocus
          label={t('properties.label')}
          value={document.label ?? ''}
          onChange={({ currentTarget }) => text('label', currentTarget.value)}
        />
        <Textarea
          label={t('properties.description')}
          autosize
          minRows={2}
          value={document.description ?? ''}
          onChange={({ currentTarget }) => text('description', currentTarget.value)}
        />
        <Group grow>
          <TagsInput
            label={t('properties.tags')}
            value={document.tags ?? []}
            onChange={(tags) => change({ tags: tags.length === 0 ? undefined : tags }, 'tags')}
          />
          <TextInput
            label={t('properties.folder')}
            value={document.folder ?? ''}
            onChange={({ currentTarget }) => text('folder', currentTarget.value)}
          />
        </Group>
        {document.kind === 'content' && (
          <>
            <Select
              label={t('contents.for')}
              description={t('contents.forHelp')}
              clearable
              data={dimensions.map(({ name, label }) => ({ value: name, label: label ?? name }))}
              value={document.dimension ?? null}
              onChange={(dimension) => change({ dimension: dimension ?? undefined }, 'dimension')}
            />
            <Group grow align="flex-end">
              <TextInput
                label={t('contents.fromName')}
                description={t('contents.fromHelp')}
                value={document.from?.name ?? ''}
                onChange={({ currentTarget }) => sender('from', { name: currentTarget.value })}
              />
              <TextInput
                label={t('contents.fromAddress')}
                value={document.from?.address ?? ''}
                onChange={({ currentTarget }) => sender('from', { address: currentTarget.value })}
              />
            </Group>
            <TextInput
              label={t('contents.replyTo')}
              value={document.reply_to?.address ?? ''}
              onChange={({ currentTarget }) => sender('reply_to', { address: currentTarget.value })}
            />
          </>
        )}
        <div>
          <b>{t('contents.usedBy')}</b>
          <div className={classes.uses}>
            {(line?.used_by ?? []).map((use) => (
              <Use key={`${use.kind} ${use.name} ${use.activity ?? ''}`} use={use} />
            ))}
            {line?.used_by.length === 0 && t('contents.unused')}
          </div>
        </div>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('common.close')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
