import { Button, Checkbox, Group, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useLaunches, useOperations } from '@/api/lifecycle';
import { scheduleWords } from '@/features/campaign/schedule';
import { formatLocale, t } from '@/i18n';
import { sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

export type Schedule = Record<string, unknown> & { type: string };

const TYPES = [
  'asap',
  'once',
  'daily',
  'several-times-a-day',
  'weekly',
  'monthly',
  'rrule',
  'signal',
] as const;
const RECURRING = new Set(['daily', 'several-times-a-day', 'weekly', 'monthly', 'rrule']);
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
const LAUNCHES_SHOWN = 10;
const SETTLE_MS = 400;

interface Props {
  schedule: Schedule;
  timeZone: string;
  onChange: (schedule: Schedule) => void;
}

/** When a campaign runs, with the launches that follow from it. */
export function ScheduleForm({ schedule, timeZone, onChange }: Props) {
  const put = (fields: Record<string, unknown>) => onChange(clean({ ...schedule, ...fields }));
  const shared = { schedule, put };
  return (
    <div className={classes.stack}>
      <Select
        label={t('schedule.type')}
        allowDeselect={false}
        data={TYPES.map((value) => ({ value, label: t(`schedule.${value}`) }))}
        value={schedule.type}
        onChange={(type) => type !== null && type !== schedule.type && onChange(startOf(type))}
      />
      <Fields {...shared} />
      {schedule.type !== 'asap' && schedule.type !== 'once' && schedule.type !== 'signal' && (
        <Group grow>
          <Day {...shared} name="from" label={t('schedule.from')} />
          <Day {...shared} name="until" label={t('schedule.until')} />
        </Group>
      )}
      {RECURRING.has(schedule.type) && (
        <Select
          label={t('schedule.overlap')}
          allowDeselect={false}
          data={[
            { value: 'skip', label: t('schedule.skip') },
            { value: 'queue', label: t('schedule.queue') },
          ]}
          value={typeof schedule.overlap === 'string' ? schedule.overlap : 'skip'}
          onChange={(overlap) => put({ overlap: overlap === 'skip' ? undefined : overlap })}
        />
      )}
      <Launches schedule={schedule} timeZone={timeZone} />
    </div>
  );
}

interface PartProps {
  schedule: Schedule;
  put: (fields: Record<string, unknown>) => void;
}

function Fields(props: PartProps) {
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
      return <Parameters {...props} />;
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

function Day({
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
          <TextInput
            label={t('schedule.every')}
            description="30m, 2h"
            value={textOf(schedule.every)}
            onChange={({ currentTarget }) => put({ every: currentTarget.value })}
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
      <TagsInput
        label={t('schedule.months')}
        data={MONTHS}
        placeholder={Array.isArray(schedule.months) ? undefined : t('schedule.allMonths')}
        value={Array.isArray(schedule.months) ? (schedule.months as unknown[]).map(String) : []}
        onChange={(months) => put({ months: months.length === 0 ? undefined : months })}
      />
      <At {...props} />
    </>
  );
}

function monthDayOf(on: unknown): MonthDay {
  if (on === 'last-day') return 'last-day';
  if (typeof on !== 'object' || on === null) return 'every-day';
  if ('day' in on) return 'day';
  return 'nth' in on ? 'nth' : 'weekdays';
}

interface Parameter {
  name: string;
  type?: string;
  test_value?: unknown;
}

function Parameters({ schedule, put }: PartProps) {
  const list = (Array.isArray(schedule.parameters) ? schedule.parameters : []) as Parameter[];
  const replace = (index: number, fields: Partial<Parameter>) =>
    put({ parameters: list.map((each, at) => (at === index ? { ...each, ...fields } : each)) });
  return (
    <>
      <p className={classes.fieldHelp}>{t('schedule.signalHelp')}</p>
      {list.map((parameter, index) => (
        <Group key={index} grow align="end">
          <TextInput
            label={t('schedule.parameter')}
            value={parameter.name}
            onChange={({ currentTarget }) => replace(index, { name: currentTarget.value })}
          />
          <Select
            label={t('schedule.parameterType')}
            allowDeselect={false}
            data={['string', 'integer', 'number', 'boolean', 'date', 'timestamp']}
            value={parameter.type ?? 'string'}
            onChange={(type) => type !== null && replace(index, { type })}
          />
          <TextInput
            label={t('schedule.testValue')}
            value={textOf(parameter.test_value)}
            onChange={({ currentTarget: { value } }) =>
              replace(index, { test_value: typed(value, parameter.type) })
            }
          />
          <Button
            variant="subtle"
            color="gray"
            style={{ flex: '0 0 44px' }}
            px={0}
            aria-label={t('schedule.removeParameter', { name: parameter.name })}
            onClick={() => put({ parameters: list.filter((_, at) => at !== index) })}
          >
            <IconTrash size={16} />
          </Button>
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() =>
          put({ parameters: [...list, { name: `parameter_${list.length + 1}`, type: 'string' }] })
        }
      >
        {t('schedule.addParameter')}
      </Button>
    </>
  );
}

function typed(value: string, type = 'string'): unknown {
  if (type === 'integer' || type === 'number')
    return value === '' || Number.isNaN(Number(value)) ? value : Number(value);
  return type === 'boolean' ? value === 'true' : value;
}

/** The next launches, as the server reckons them; the words alone where it does not. */
function Launches({ schedule, timeZone }: Omit<Props, 'onChange'>) {
  const has = useOperations();
  const [settled] = useDebouncedValue(JSON.stringify(schedule), SETTLE_MS);
  const asked = has('/schedule/preview') && RECURRING.has(schedule.type);
  const question = {
    schedule: JSON.parse(settled) as unknown,
    time_zone: timeZone,
    next: LAUNCHES_SHOWN,
  };
  const launches = useLaunches(question, asked);
  return (
    <section className={classes.launches} aria-label={t('schedule.preview')}>
      <b>{scheduleWords(schedule, timeZone)}</b>
      {launches.isError && <p className={classes.fieldError}>{sentence(launches.error.message)}</p>}
      {launches.data !== undefined && !launches.isError && asked && (
        <ol>
          {launches.data.map((time) => (
            <li key={time}>{launchWords(time, timeZone)}</li>
          ))}
          {launches.data.length === 0 && <li>{t('schedule.never')}</li>}
        </ol>
      )}
    </section>
  );
}

function launchWords(time: string, timeZone: string): string {
  const date = new Date(time.replace(/\[.*\]$/, ''));
  if (Number.isNaN(date.getTime())) return time;
  const format = new Intl.DateTimeFormat(formatLocale(), {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  });
  return format.format(date);
}

function startOf(type: string): Schedule {
  switch (type) {
    case 'once':
      return { type, at: `${tomorrow()}T09:00` };
    case 'daily':
      return { type, at: '09:00' };
    case 'several-times-a-day':
      return { type, times: ['09:00', '12:00'] };
    case 'weekly':
      return { type, on: ['monday'], at: '09:00' };
    case 'monthly':
      return { type, on: { day: 1 }, at: '09:00' };
    case 'rrule':
      return { type, rrule: 'FREQ=MONTHLY;BYDAY=-1FR', starting: `${tomorrow()}T09:00` };
    default:
      return { type };
  }
}

function tomorrow(): string {
  const date = new Date(Date.now() + 86_400_000);
  return date.toISOString().slice(0, 10);
}

function clean(schedule: Schedule): Schedule {
  return Object.fromEntries(
    Object.entries(schedule).filter(([, value]) => value !== undefined),
  ) as Schedule;
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
