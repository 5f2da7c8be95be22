import { Group, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useLaunches, useOperations } from '@/api/lifecycle';
import { Day, ScheduleFields } from '@/features/campaign/ScheduleFields';
import { scheduleWords, type Schedule } from '@/features/campaign/schedule';
import { formatLocale, t } from '@/i18n';
import { sentence } from '@/ui/format';
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
