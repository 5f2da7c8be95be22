import { Button, Group, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTables } from '@/api/server';
import type { PartProps } from '@/features/campaign/ScheduleFields';
import { sourceOf, textOf, type SourceKind } from '@/features/campaign/schedule';
import { TypedValue, VALUE_TYPES } from '@/features/campaign/TypedValue';
import { SpanInput } from '@/ui/form/DurationField';
import { humanize, typeWords } from '@/ui/format';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

interface Parameter {
  name: string;
  type?: string;
  default?: unknown;
  test_value?: unknown;
}

const SOURCES: SourceKind[] = ['call', 'table', 'file'];

/** What signals a campaign, how often, and what the signals bring. */
export function ScheduleParameters({ schedule, put }: PartProps) {
  return (
    <>
      <Source schedule={schedule} put={put} />
      <SpanInput
        label={t('schedule.throttle')}
        help={t('schedule.throttleHelp')}
        unit="m"
        text={textOf(schedule.throttle)}
        error={undefined}
        onChange={(throttle) => put({ throttle: throttle || undefined })}
      />
      <Parameters schedule={schedule} put={put} />
    </>
  );
}

/** Programs and other campaigns always may; a table or the folder for files besides. */
function Source({ schedule, put }: PartProps) {
  const tables = useTables().data ?? [];
  const { kind, name } = sourceOf(schedule.on);
  const starts: Record<SourceKind, unknown> = {
    call: undefined,
    table: { table: tables.find(({ builtin }) => builtin !== true)?.name ?? '' },
    file: { file: 'incoming/*.csv' },
  };
  return (
    <>
      <div>
        <span className={classes.sourceLabel}>{t('schedule.source')}</span>
        <SegmentedControl
          fullWidth
          aria-label={t('schedule.source')}
          value={kind}
          onChange={(next) => put({ on: starts[next as SourceKind] })}
          data={SOURCES.map((value) => ({ value, label: t(`schedule.source.${value}`) }))}
        />
        <p className={classes.fieldHelp}>{t(`schedule.sourceHelp.${kind}`)}</p>
      </div>
      {kind === 'table' && (
        <Select
          label={t('schedule.table')}
          searchable
          allowDeselect={false}
          data={tables.map((table) => ({
            value: table.name,
            label: table.label ?? humanize(table.name),
          }))}
          value={name}
          onChange={(table) => table !== null && put({ on: { table } })}
        />
      )}
      {kind === 'file' && (
        <TextInput
          label={t('schedule.file')}
          description={t('schedule.fileHelp')}
          value={name}
          onChange={({ currentTarget }) => put({ on: { file: currentTarget.value } })}
        />
      )}
    </>
  );
}

function Parameters({ schedule, put }: PartProps) {
  const list = (Array.isArray(schedule.parameters) ? schedule.parameters : []) as Parameter[];
  const write = (parameters: Parameter[]) =>
    put({ parameters: parameters.length === 0 ? undefined : parameters });
  const replace = (index: number, fields: Partial<Parameter>) =>
    write(list.map((each, at) => (at === index ? without({ ...each, ...fields }) : each)));
  return (
    <>
      {list.map((parameter, index) => (
        <Group key={index} grow align="end" gap="xs">
          <TextInput
            label={t('schedule.parameter')}
            error={
              list.findIndex(({ name }) => name === parameter.name) < index
                ? t('properties.nameTaken')
                : undefined
            }
            value={parameter.name}
            onChange={({ currentTarget }) => replace(index, { name: currentTarget.value })}
          />
          <Select
            label={t('schedule.parameterType')}
            allowDeselect={false}
            data={typesWith(parameter.type)}
            value={parameter.type ?? 'string'}
            onChange={(type) =>
              type !== null && replace(index, { type, default: undefined, test_value: undefined })
            }
          />
          <TypedValue
            label={t('schedule.default')}
            type={parameter.type ?? 'string'}
            value={parameter.default}
            onChange={(value) => replace(index, { default: value })}
          />
          <TypedValue
            label={t('schedule.testValue')}
            type={parameter.type ?? 'string'}
            value={parameter.test_value}
            onChange={(value) => replace(index, { test_value: value })}
          />
          <Button
            variant="subtle"
            color="gray"
            style={{ flex: '0 0 44px' }}
            px={0}
            aria-label={t('schedule.removeParameter', { name: parameter.name })}
            onClick={() => write(list.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} />
          </Button>
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() => write([...list, { name: `parameter_${list.length + 1}`, type: 'string' }])}
      >
        {t('schedule.addParameter')}
      </Button>
    </>
  );
}

/** The types that are offered, with the one that is set. */
export function typesWith(type: string | undefined): { value: string; label: string }[] {
  const known = type === undefined || VALUE_TYPES.includes(type) ? [] : [type];
  return [...VALUE_TYPES, ...known].map((value) => ({ value, label: typeWords(value) }));
}

function without<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
