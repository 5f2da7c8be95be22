import {
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { textOf, type Schedule } from '@/features/campaign/schedule';
import { ScheduleParameters } from '@/features/campaign/ScheduleParameters';
import { formatLocale, t } from '@/i18n';
import { SpanInput } from '@/ui/form/DurationField';

const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const NTHS = ['first', 'second', 'third', 'fourth', 'last'] as const;

export interface PartProps {
  schedule: Schedule;
  put: (fields: Record<string, unknown>) => void;
}

export function ScheduleFields(props: PartProps) {
  const { schedule, put } = props;
  switch (schedule.type) {
    case 'once':
      return (
        <TextInput
          type="datetime-local"
          label={t('schedule.when')}
          value={textOf(schedule.at)}
          onChange={({ currentTarget }) => put({ at: currentTarget.value })}
        />
      );
    case 'daily':
      return (
        <>
          <Days {...props} />
          <At {...props} />
        </>
      );
    case 'several-times-a-day':
      return <Several {...props} />;
    case 'weekly':
      return (
        <>
          <NumberInput
            label={t('schedule.everyWeeks')}
            min={1}
            max={52}
            allowDecimal={false}
            value={typeof schedule.every === 'number' ? schedule.every : 1}
            onChange={(every) => put({ every: every === 1 || every === '' ? undefined : every })}
          />
          <Weekdays label={t('schedule.on')} value={schedule.on} onChange={(on) => put({ on })} />
          <At {...props} />
        </>
      );
    case 'monthly':
      return <Monthly {...props} />;
    case 'rrule':
      return (
        <>
          <TextInput
            label={t('schedule.rrule')}
            description="FREQ=MONTHLY;BYDAY=-1FR"
            value={textOf(schedule.rrule)}
            onChange={({ currentTarget }) => put({ rrule: currentTarget.value })}
          />
          <TextInput
            type="datetime-local"
            label={t('schedule.starting')}
            value={textOf(schedule.starting)}
            onChange={({ currentTarget }) => put({ starting: currentTarget.value })}
          />
        </>
      );
    case 'signal':
      return <ScheduleParameters {...props} />;
    default:
      return null;
  }
}

function At({ schedule, put }: PartProps) {
  return (
    <TextInput
      type="time"
      w={150}
      label={t('schedule.at')}
      value={textOf(schedule.at)}
      onChange={({ currentTarget }) => put({ at: currentTarget.value })}
    />
  );
}

export function Day({
  schedule,
  put,
  name,
  label,
}: PartProps & { name: 'from' | 'until'; label: string }) {
  return (
    <TextInput
      type="date"
      label={label}
      value={textOf(schedule[name])}
      onChange={({ currentTarget: { value } }) => put({ [name]: value === '' ? undefined : value })}
    />
  );
}

function Days({ schedule, put }: PartProps) {
  const { days } = schedule;
  const chosen = Array.isArray(days) ? 'chosen' : days === 'weekdays' ? 'weekdays' : 'every';
  return (
    <>
      <Select
        label={t('schedule.days')}
        allowDeselect={false}
        data={[
          { value: 'every', label: t('schedule.everyDay') },
          { value: 'weekdays', label: t('schedule.weekdays') },
          { value: 'chosen', label: t('schedule.chosenDays') },
        ]}
        value={chosen}
        onChange={(next) =>
          put({ days: next === 'every' ? undefined : next === 'weekdays' ? next : ['monday'] })
        }
      />
      {chosen === 'chosen' && (
        <Weekdays label={t('schedule.on')} value={days} onChange={(next) => put({ days: next })} />
      )}
    </>
  );
}

function Weekdays({
  label,
  value,
  onChange,
}: {
  label: string;
  value: unknown;
  onChange: (days: string[]) => void;
}) {
  const chosen = Array.isArray(value) ? (value as unknown[]).map(String) : [];
  const ordered = (days: string[]) => WEEKDAYS.filter((day) => days.includes(day));
  return (
    <Checkbox.Group label={label} value={chosen} onChange={(next) => onChange(ordered(next))}>
      <Group gap={12} mt={6}>
        {WEEKDAYS.map((day) => (
          <Checkbox key={day} size="xs" value={day} label={t(`day.${day}`)} />
        ))}
      </Group>
    </Checkbox.Group>
  );
}

function Several(props: PartProps) {
  const { schedule, put } = props;
  const periodic = schedule.every !== undefined;
  const [start = '08:00', end = '20:00'] = Array.isArray(schedule.between)
    ? (schedule.between as unknown[]).map(String)
    : [];
  return (
    <>
      <Select
        label={t('schedule.how')}
        allowDeselect={false}
        data={[
          { value: 'times', label: t('schedule.times') },
          { value: 'every', label: t('schedule.periodic') },
        ]}
        value={periodic ? 'every' : 'times'}
        onChange={(next) =>
          put(
            next === 'every'
              ? { times: undefined, every: '30m', between: ['08:00', '20:00'] }
              : { times: ['09:00', '12:00'], every: undefined, between: undefined },
          )
        }
      />
      {periodic ? (
        <Group grow align="end">
          <SpanInput
            label={t('schedule.every')}
            unit="m"
            text={textOf(schedule.every)}
            error={undefined}
            onChange={(every) => put({ every })}
          />
          <TextInput
            type="time"
            label={t('schedule.first')}
            value={start}
            onChange={({ currentTarget }) => put({ between: [currentTarget.value, end] })}
          />
          <TextInput
            type="time"
            label={t('schedule.last')}
            value={end}
            onChange={({ currentTarget }) => put({ between: [start, currentTarget.value] })}
          />
        </Group>
      ) : (
        <TagsInput
          label={t('schedule.timesList')}
          description={t('schedule.timesHelp')}
          value={Array.isArray(schedule.times) ? (schedule.times as unknown[]).map(String) : []}
          onChange={(times) => put({ times: [...times].sort() })}
        />
      )}
      <Days {...props} />
    </>
  );
}

type MonthDay = 'every-day' | 'last-day' | 'day' | 'nth' | 'weekdays';

function Monthly(props: PartProps) {
  const { schedule, put } = props;
  const { on } = schedule;
  const kind = monthDayOf(on);
  const given = (typeof on === 'object' && on !== null ? on : {}) as Record<string, unknown>;
  const starts: Record<MonthDay, unknown> = {
    'every-day': 'every-day',
    'last-day': 'last-day',
    day: { day: 1 },
    nth: { nth: 'first', weekday: 'monday' },
    weekdays: { weekdays: ['monday'] },
  };
  return (
    <>
      <Select
        label={t('schedule.monthDay')}
        allowDeselect={false}
        data={(Object.keys(starts) as MonthDay[]).map((value) => ({
          value,
          label: t(`schedule.month.${value}`),
        }))}
        value={kind}
        onChange={(next) => next !== null && put({ on: starts[next as MonthDay] })}
      />
      {kind === 'day' && (
        <NumberInput
          label={t('schedule.dayOfMonth')}
          min={1}
          max={31}
          allowDecimal={false}
          value={Number(given.day)}
          onChange={(day) => typeof day === 'number' && put({ on: { day } })}
        />
      )}
      {kind === 'nth' && (
        <Group grow>
          <Select
            aria-label={t('schedule.nth')}
            allowDeselect={false}
            data={NTHS.map((value) => ({ value, label: t(`nth.${value}`) }))}
            value={String(given.nth)}
            onChange={(nth) => put({ on: { ...given, nth } })}
          />
          <Select
            aria-label={t('schedule.weekday')}
            allowDeselect={false}
            data={WEEKDAYS.map((value) => ({ value, label: t(`day.${value}`) }))}
            value={String(given.weekday)}
            onChange={(weekday) => put({ on: { ...given, weekday } })}
          />
        </Group>
      )}
      {kind === 'weekdays' && (
        <Weekdays
          label={t('schedule.on')}
          value={given.weekdays}
          onChange={(weekdays) => put({ on: { weekdays } })}
        />
      )}
      <MultiSelect
        label={t('schedule.months')}
        data={MONTHS.map((value, index) => ({ value, label: monthName(index) }))}
        placeholder={Array.isArray(schedule.months) ? undefined : t('schedule.allMonths')}
        value={Array.isArray(schedule.months) ? (schedule.months as unknown[]).map(String) : []}
        onChange={(months) => put({ months: months.length === 0 ? undefined : months })}
      />
      <At {...props} />
    </>
  );
}

function monthName(index: number): string {
  const format = new Intl.DateTimeFormat(formatLocale(), { month: 'long', timeZone: 'UTC' });
  return format.format(new Date(Date.UTC(2026, index, 1)));
}

function monthDayOf(on: unknown): MonthDay {
  if (on === 'last-day') return 'last-day';
  if (typeof on !== 'object' || on === null) return 'every-day';
  if ('day' in on) return 'day';
  return 'nth' in on ? 'nth' : 'weekdays';
}
