import { Group, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useDocuments } from '@/api/documents';
import { useLaunches, useOperations } from '@/api/lifecycle';
import { Day, ScheduleFields, type PartProps } from '@/features/campaign/ScheduleFields';
import { scheduleWords, textOf, type Schedule } from '@/features/campaign/schedule';
import { t } from '@/i18n';
import { SpanInput } from '@/ui/form/DurationField';
import { formatTimeIn, sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

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
  const again = RECURRING.has(schedule.type);
  const signal = schedule.type === 'signal';
  return (
    <div className={classes.stack}>
      <Select
        label={t('schedule.type')}
        allowDeselect={false}
        data={TYPES.map((value) => ({ value, label: t(`schedule.${value}`) }))}
        value={schedule.type}
        onChange={(type) => type !== null && type !== schedule.type && onChange(startOf(type))}
      />
      <ScheduleFields {...shared} />
      {schedule.type === 'asap' && <Day {...shared} name="from" label={t('schedule.notBefore')} />}
      {(again || signal) && (
        <>
          <Group grow>
            <Day {...shared} name="from" label={t('schedule.from')} />
            <Day {...shared} name="until" label={t('schedule.until')} />
          </Group>
          <Holidays {...shared} moves={again} />
          <Overlap {...shared} />
        </>
      )}
      {again && <Timing {...shared} />}
      <Launches schedule={schedule} timeZone={timeZone} />
    </div>
  );
}

function Overlap({ schedule, put }: PartProps) {
  return (
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
  );
}

/** The calendar whose days are left out, and what happens to launches on them. */
function Holidays({ schedule, put, moves }: PartProps & { moves: boolean }) {
  const calendars = useDocuments('calendar').data ?? [];
  const { calendar } = schedule;
  if (calendars.length === 0 && calendar === undefined) return null;
  const known = calendars.map(({ name, label }) => ({ value: name, label: label ?? name }));
  const chosen = typeof calendar === 'string' ? calendar : null;
  if (chosen !== null && !known.some(({ value }) => value === chosen)) {
    known.push({ value: chosen, label: chosen });
  }
  return (
    <Group grow align="start">
      <Select
        label={t('schedule.calendar')}
        placeholder={t('schedule.noCalendar')}
        clearable
        data={known}
        value={chosen}
        onChange={(next) =>
          put(next === null ? { calendar: undefined, on_holiday: undefined } : { calendar: next })
        }
      />
      {chosen !== null && moves && (
        <Select
          label={t('schedule.onHoliday')}
          allowDeselect={false}
          data={[
            { value: 'skip', label: t('schedule.holidaySkip') },
            { value: 'next-day', label: t('schedule.holidayNext') },
          ]}
          value={textOf(schedule.on_holiday) || 'skip'}
          onChange={(next) => put({ on_holiday: next === 'skip' ? undefined : next })}
        />
      )}
    </Group>
  );
}

/** What is made up for after a downtime, and by how much launches are spread. */
function Timing({ schedule, put }: PartProps) {
  return (
    <>
      <Select
        label={t('schedule.catchUp')}
        description={t('schedule.catchUpHelp')}
        allowDeselect={false}
        data={(['last', 'all', 'none'] as const).map((value) => ({
          value,
          label: t(`schedule.catchUp.${value}`),
        }))}
        value={textOf(schedule.catch_up) || 'last'}
        onChange={(next) => put({ catch_up: next === 'last' ? undefined : next })}
      />
      <SpanInput
        label={t('schedule.jitter')}
        help={t('schedule.jitterHelp')}
        unit="m"
        text={textOf(schedule.jitter)}
        error={undefined}
        onChange={(jitter) => put({ jitter: jitter || undefined })}
      />
    </>
  );
}

/** The next launches, as the server reckons them; the words alone where it does not. */
function Launches({ schedule, timeZone }: Omit<Props, 'onChange'>) {
  const has = useOperations();
  const [settled] = useDebouncedValue(JSON.stringify(schedule), SETTLE_MS);
  const planned = RECURRING.has(schedule.type) || schedule.type === 'once';
  const asked = has('/schedule/preview') && planned;
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
            <li key={time}>{formatTimeIn(time, timeZone)}</li>
          ))}
          {launches.data.length === 0 && <li>{t('schedule.never')}</li>}
        </ol>
      )}
    </section>
  );
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
