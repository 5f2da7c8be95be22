import { Modal, Select, Stack, Tabs, TagsInput, Textarea, TextInput } from '@mantine/core';
import type { CampaignDocument } from '@/api/types';
import { ScheduleForm } from '@/features/campaign/ScheduleForm';
import { Supervision } from '@/features/campaign/Supervision';
import type { Editor } from '@/features/campaign/useEditor';
import { VariablesEditor } from '@/features/campaign/VariablesEditor';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];

interface Props {
  editor: Editor;
  tab: 'properties' | 'schedule' | 'variables';
  onClose: () => void;
}

/** Everything about a campaign that is not on its canvas. */
export function PropertiesDialog({ editor, tab, onClose }: Props) {
  const { document } = editor;
  const set = (fields: Partial<CampaignDocument>, word: string) =>
    editor.change((former) => without({ ...former, ...fields }), `campaign ${word}`);
  const line = (name: 'label' | 'description' | 'folder') => ({
    value: document[name] ?? '',
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      set({ [name]: value === '' ? undefined : value }, name),
  });
  return (
    <Modal opened onClose={onClose} title={t('properties.title')} size={720}>
      <Tabs defaultValue={tab}>
        <Tabs.List mb="md">
          <Tabs.Tab value="properties">{t('properties.properties')}</Tabs.Tab>
          <Tabs.Tab value="schedule">{t('properties.schedule')}</Tabs.Tab>
          <Tabs.Tab value="variables">{t('properties.variables')}</Tabs.Tab>
          <Tabs.Tab value="supervision">{t('properties.supervision')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="properties">
          <Stack gap="sm">
            <TextInput
              label={t('properties.label')}
              placeholder={document.name}
              {...line('label')}
            />
            <Textarea
              label={t('properties.description')}
              autosize
              minRows={2}
              {...line('description')}
            />
            <TagsInput
              label={t('properties.tags')}
              value={document.tags ?? []}
              onChange={(tags) => set({ tags: tags.length === 0 ? undefined : tags }, 'tags')}
            />
            <TextInput
              label={t('properties.folder')}
              placeholder="2026/spring"
              {...line('folder')}
            />
            <Zone document={document} onChange={(time_zone) => set({ time_zone }, 'zone')} />
            <TextInput
              label={t('properties.name')}
              description={t('properties.nameHelp')}
              value={document.name}
              readOnly
            />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="schedule">
          <Stack gap="sm">
            <Zone document={document} onChange={(time_zone) => set({ time_zone }, 'zone')} />
            <ScheduleForm
              schedule={document.schedule ?? { type: 'asap' }}
              timeZone={document.time_zone ?? 'UTC'}
              onChange={(schedule) => set({ schedule }, 'schedule')}
            />
            <Wrong editor={editor} at={['/schedule', '/time_zone']} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="variables">
          <VariablesEditor
            document={document}
            onChange={(variables) => set({ variables }, 'variables')}
          />
          <Wrong editor={editor} at={['/variables']} />
        </Tabs.Panel>
        <Tabs.Panel value="supervision">
          <Supervision document={document} onChange={set} />
          <Wrong editor={editor} at={['/on_error', '/history', '/consecutive_errors', '/notify']} />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}

/** What is wrong with what a tab shows. */
function Wrong({ editor, at }: { editor: Editor; at: string[] }) {
  const items = editor.check.errors.filter(({ pointer }) =>
    at.some((place) => pointer === place || pointer?.startsWith(`${place}/`) === true),
  );
  return items.map(({ message, hint }, index) => (
    <p key={index} className={classes.fieldError} role="alert">
      {sentence(message)} {hint && sentence(hint)}
    </p>
  ));
}

function Zone({
  document,
  onChange,
}: {
  document: CampaignDocument;
  onChange: (zone: string | undefined) => void;
}) {
  return (
    <Select
      label={t('properties.zone')}
      searchable
      limit={80}
      allowDeselect={false}
      data={ZONES}
      value={document.time_zone ?? 'UTC'}
      onChange={(zone) => zone !== null && onChange(zone)}
    />
  );
}

function without(document: CampaignDocument): CampaignDocument {
  return Object.fromEntries(
    Object.entries(document).filter(([, value]) => value !== undefined),
  ) as unknown as CampaignDocument;
}
