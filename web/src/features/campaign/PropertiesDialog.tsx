import {
  Button,
  Group,
  Modal,
  Select,
  Stack,
  Tabs,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { CampaignDocument } from '@/api/types';
import { ScheduleForm } from '@/features/campaign/ScheduleForm';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import { readLoosely } from '@/ui/form/SchemaForm';
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
    <Modal opened onClose={onClose} title={t('properties.title')} size={620}>
      <Tabs defaultValue={tab}>
        <Tabs.List mb="md">
          <Tabs.Tab value="properties">{t('properties.properties')}</Tabs.Tab>
          <Tabs.Tab value="schedule">{t('properties.schedule')}</Tabs.Tab>
          <Tabs.Tab value="variables">{t('properties.variables')}</Tabs.Tab>
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
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="variables">
          <Variables
            document={document}
            onChange={(variables) => set({ variables }, 'variables')}
          />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
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

/** Names and values that rules, expressions and messages can use. */
function Variables({
  document,
  onChange,
}: {
  document: CampaignDocument;
  onChange: (variables: Record<string, unknown> | undefined) => void;
}) {
  const entries = Object.entries(document.variables ?? {});
  const write = (next: [string, unknown][]) =>
    onChange(next.length === 0 ? undefined : Object.fromEntries(next));
  return (
    <Stack gap="sm">
      <p className={classes.fieldHelp}>{t('properties.variablesHelp')}</p>
      {entries.map(([name, value], index) => (
        <Group key={index} align="end" gap="xs">
          <TextInput
            style={{ flex: 1 }}
            label={t('properties.variable')}
            value={name}
            onChange={({ currentTarget }) =>
              write(entries.map((each, at) => (at === index ? [currentTarget.value, value] : each)))
            }
          />
          <TextInput
            style={{ flex: 1 }}
            label={t('properties.value')}
            value={typeof value === 'string' ? value : JSON.stringify(value)}
            onChange={({ currentTarget }) => {
              const text = currentTarget.value;
              const next = text.startsWith('{') ? readLoosely(text) : text;
              write(entries.map((each, at) => (at === index ? [name, next] : each)));
            }}
          />
          <Button
            variant="subtle"
            color="gray"
            px={10}
            aria-label={t('properties.removeVariable', { name })}
            onClick={() => write(entries.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} />
          </Button>
        </Group>
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => write([...entries, [`variable_${entries.length + 1}`, '']])}
        >
          {t('properties.addVariable')}
        </Button>
      </Group>
    </Stack>
  );
}

function without(document: CampaignDocument): CampaignDocument {
  return Object.fromEntries(
    Object.entries(document).filter(([, value]) => value !== undefined),
  ) as unknown as CampaignDocument;
}
