import { ActionIcon, Button, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import {
  asKind,
  readDay,
  writeDay,
  type DayEntry,
  type DayKind,
} from '@/features/admin/calendarDays';
import { Unreadable } from '@/features/admin/Unreadable';
import { saidIn, withPart } from '@/features/common/documentText';
import { t } from '@/i18n';

interface Props {
  text: string;
  onChange: (text: string) => void;
}

/** The days of a calendar, each with what it is called. */
export function CalendarForm({ text, onChange }: Props) {
  const said = saidIn(text);
  if (said === undefined) return <Unreadable />;
  const days = (Array.isArray(said.dates) ? said.dates : []).map(readDay);
  const put = (next: DayEntry[]) => onChange(withPart(text, ['dates'], next.map(writeDay)));
  const words = (name: 'name' | 'label', label: string, help?: string) => (
    <TextInput
      label={label}
      description={help}
      required={name === 'name'}
      value={String(said[name] ?? '')}
      onChange={({ currentTarget: { value } }) =>
        onChange(withPart(text, [name], value === '' ? undefined : value))
      }
    />
  );
  return (
    <Stack gap="sm">
      <SimpleGrid cols={2}>
        {words('name', t('admin.id'), t('data.nameHelp'))}
        {words('label', t('word.name'))}
      </SimpleGrid>
      {days.map((day, index) => (
        <Day
          key={index}
          number={index + 1}
          day={day}
          onChange={(next) => put(days.with(index, next))}
          onRemove={() => put(days.toSpliced(index, 1))}
        />
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          onClick={() => put([...days, { kind: 'date', from: '', until: '', label: '' }])}
        >
          {t('calendarForm.add')}
        </Button>
      </Group>
    </Stack>
  );
}

interface DayProps {
  number: number;
  day: DayEntry;
  onChange: (day: DayEntry) => void;
  onRemove: () => void;
}

function Day({ number, day, onChange, onRemove }: DayProps) {
  const isYearly = day.kind === 'yearly';
  return (
    <Group
      gap="xs"
      align="flex-end"
      wrap="nowrap"
      role="group"
      aria-label={t('calendarForm.entry', { n: number })}
    >
      <Select
        w={150}
        aria-label={t('calendarForm.kind')}
        allowDeselect={false}
        value={day.kind}
        onChange={(next) => onChange(asKind(day, (next ?? 'date') as DayKind))}
        data={[
          { value: 'date', label: t('calendarForm.date') },
          { value: 'range', label: t('calendarForm.range') },
          { value: 'yearly', label: t('calendarForm.yearly') },
        ]}
      />
      <TextInput
        w={160}
        type={isYearly ? 'text' : 'date'}
        aria-label={day.kind === 'range' ? t('calendarForm.from') : t('calendarForm.day')}
        placeholder={isYearly ? '12-25' : undefined}
        value={day.from}
        onChange={({ currentTarget: { value } }) => onChange({ ...day, from: value })}
      />
      {day.kind === 'range' && (
        <TextInput
          w={160}
          type="date"
          aria-label={t('calendarForm.until')}
          value={day.until}
          onChange={({ currentTarget: { value } }) => onChange({ ...day, until: value })}
        />
      )}
      <TextInput
        flex={1}
        aria-label={t('calendarForm.label')}
        placeholder={t('calendarForm.label')}
        value={day.label}
        onChange={({ currentTarget: { value } }) => onChange({ ...day, label: value })}
      />
      <ActionIcon
        size={36}
        variant="subtle"
        color="gray"
        aria-label={t('calendarForm.remove', { n: number })}
        onClick={onRemove}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
