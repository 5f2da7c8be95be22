import { ActionIcon, Button, Group, MultiSelect, Popover, SegmentedControl } from '@mantine/core';
import {
  IconArrowRight,
  IconCalendarEvent,
  IconCalendarOff,
  IconChevronLeft,
  IconChevronRight,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import {
  useCalendar,
  type CalendarDay,
  type CalendarEntry,
  type CalendarPageData,
} from '@/api/library';
import { campaignLook, runLook } from '@/canvas/states';
import { skippedWords } from '@/features/common/launches';
import { addDays, dayText, parseDay, shownDays, step, type Span } from '@/features/calendar/days';
import { readCalendarSearch, type CalendarSearch } from '@/features/calendar/search';
import { formatLocale, t } from '@/i18n';
import { formatTime } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pill } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import { toneStyle, type Tone } from '@/ui/tone';
import { useNow } from '@/ui/useNow';
import classes from '@/features/calendar/calendar.module.css';
import ui from '@/ui/ui.module.css';

const route = getRouteApi('/calendar');
const STATES = ['scheduled', 'live', 'draft'];
/** How many entries a day of a month shows before it counts the rest. */
const DAY_ENTRIES = 4;

export function CalendarPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow(60_000);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = localDay(now);
  const span = search.span ?? 'month';
  const day = search.day ?? today;
  const days = useMemo(() => shownDays(span, day), [span, day]);
  const [first = day, last = day] = [days[0], days.at(-1)];
  const calendar = useCalendar(first, addDays(last, 1), zone, search.state);
  const change = (part: CalendarSearch) =>
    void navigate({ search: readCalendarSearch({ ...search, ...part }), replace: true });
  return (
    <>
      <PageHeader
        title={t('calendar.title')}
        subtitle={t('calendar.subtitle', { zone })}
        actions={
          <>
            <MultiSelect
              aria-label={t('calendar.states')}
              placeholder={search.state === undefined ? t('calendar.liveAndScheduled') : undefined}
              w={240}
              clearable
              value={search.state?.split(',') ?? []}
              onChange={(states) => change({ state: states.join(',') })}
              data={STATES.map((state) => ({ value: state, label: campaignLook(state).label }))}
            />
            <SegmentedControl
              aria-label={t('calendar.span')}
              value={span}
              onChange={(next) => change({ span: next as Span })}
              data={[
                { value: 'month', label: t('calendar.month') },
                { value: 'week', label: t('calendar.week') },
              ]}
            />
          </>
        }
      />
      <Group gap={8} mb={12}>
        <ActionIcon
          variant="default"
          size={34}
          aria-label={t('calendar.before')}
          onClick={() => change({ day: step(span, day, -1) })}
        >
          <IconChevronLeft size={18} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={34}
          aria-label={t('calendar.after')}
          onClick={() => change({ day: step(span, day, 1) })}
        >
          <IconChevronRight size={18} />
        </ActionIcon>
        <Button variant="default" size="sm" onClick={() => change({ day: undefined })}>
          {t('calendar.today')}
        </Button>
        <h2 className={classes.when} aria-live="polite">
          {titleOf(span, day, first, last)}
        </h2>
      </Group>
      {calendar.isError ? (
        <ErrorState
          title={t('calendar.cannotShow')}
          error={calendar.error}
          onRetry={() => void calendar.refetch()}
        />
      ) : calendar.isPending ? (
        <div className={ui.card}>
          <LoadingRows label={t('calendar.loading')} />
        </div>
      ) : (
        <Grid
          span={span}
          days={days}
          month={day.slice(0, 7)}
          today={today}
          entries={together(calendar.data)}
          holidays={calendar.data.days}
          onDay={(chosen) => change({ span: 'week', day: chosen })}
        />
      )}
    </>
  );
}

interface GridProps {
  span: Span;
  days: string[];
  month: string;
  today: string;
  entries: CalendarEntry[];
  holidays: CalendarDay[];
  onDay: (day: string) => void;
}

function Grid({ span, days, month, today, entries, holidays, onDay }: GridProps) {
  const byDay = useMemo(() => {
    const found = new Map<string, CalendarEntry[]>();
    for (const entry of entries) {
      const day = entry.at.slice(0, 10);
      found.set(day, [...(found.get(day) ?? []), entry]);
    }
    return found;
  }, [entries]);
  return (
    <div className={classes.scroll} role="region" aria-label={t('calendar.title')} tabIndex={0}>
      <table className={classes.grid} data-span={span} aria-label={t('calendar.title')}>
        <thead>
          <tr>
            {days.slice(0, 7).map((day) => (
              <th key={day} scope="col">
                {dayName(day, span)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(days).map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <td
                  key={day}
                  data-today={day === today}
                  data-outside={span === 'month' && !day.startsWith(month)}
                >
                  <Day
                    day={day}
                    span={span}
                    entries={byDay.get(day) ?? []}
                    holidays={holidays.filter(({ from, until }) => from <= day && day <= until)}
                    onDay={onDay}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface DayProps {
  day: string;
  span: Span;
  entries: CalendarEntry[];
  holidays: CalendarDay[];
  onDay: (day: string) => void;
}

function Day({ day, span, entries, holidays, onDay }: DayProps) {
  const all = span === 'week' || entries.length <= DAY_ENTRIES;
  const shown = all ? entries : entries.slice(0, DAY_ENTRIES - 1);
  return (
    <div className={classes.day}>
      {span === 'month' && (
        <button type="button" className={classes.number} onClick={() => onDay(day)}>
          <time dateTime={day} aria-label={longDay(day)}>
            {Number(day.slice(8))}
          </time>
        </button>
      )}
      {holidays.map(({ calendar, label }) => (
        <span key={`${calendar}/${label}`} className={classes.holiday} title={calendar}>
          {label}
        </span>
      ))}
      {shown.map((entry) => (
        <Entry key={`${entry.what}/${entry.campaign}/${entry.at}/${entry.run}`} entry={entry} />
      ))}
      {!all && (
        <button type="button" className={classes.more} onClick={() => onDay(day)}>
          {t('calendar.more', { n: entries.length - shown.length })}
        </button>
      )}
    </div>
  );
}

const ICONS = {
  run: IconPlayerPlay,
  launch: IconCalendarEvent,
  skipped: IconCalendarOff,
};
const WORDS = {
  run: t('word.run'),
  launch: t('calendar.launch'),
  skipped: t('calendar.skipped'),
};
const TIMES = {
  run: t('calendar.ran'),
  launch: t('calendar.willRun'),
  skipped: t('calendar.didNotRun'),
};

function lookOf({ what, state, reason }: CalendarEntry): { label: string; tone: Tone } {
  if (what === 'run') return runLook(state);
  if (what === 'launch') return campaignLook(state);
  return { label: skippedWords(reason), tone: 'warn' };
}

/** By time, with those that did not run among those that did. */
function together({ entries, skipped }: CalendarPageData): CalendarEntry[] {
  return [...entries, ...skipped].sort((a, b) => a.at.localeCompare(b.at));
}

/** One launch or run, which says what it is when it is clicked. */
function Entry({ entry }: { entry: CalendarEntry }) {
  const { what, campaign, label, at, until, count, run, mode } = entry;
  const look = lookOf(entry);
  const name = label ?? campaign;
  const Icon = ICONS[what];
  const time = at.slice(11, 16);
  const times = count > 1 ? t('calendar.times', { n: count }) : '';
  return (
    <Popover position="right" withArrow shadow="md" width={300} trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={classes.entry}
          data-what={what}
          style={toneStyle(look.tone)}
          aria-label={[time, name, WORDS[what], look.label, times].filter(Boolean).join(', ')}
        >
          <Icon size={13} aria-hidden />
          <span className={classes.time}>{count > 1 ? `${count}×` : time}</span>
          <span className={classes.name}>{name}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={classes.about}>
          <b>{name}</b>
          <Pill tone={look.tone}>{look.label}</Pill>
          <p>
            {TIMES[what]}{' '}
            {count > 1 && until !== null
              ? t('calendar.fromTo', { n: count, from: time, to: until.slice(11, 16) })
              : formatTime(at)}
            {mode === 'test' && ` · ${t('word.test')}`}
          </p>
          <Group gap={8}>
            <Button
              size="compact-sm"
              variant="default"
              rightSection={<IconArrowRight size={14} />}
              renderRoot={(root) => (
                <Link to="/campaigns/$name" params={{ name: campaign }} {...root} />
              )}
            >
              {t('calendar.openCampaign')}
            </Button>
            {what === 'skipped' && (
              <Button
                size="compact-sm"
                variant="default"
                rightSection={<IconArrowRight size={14} />}
                renderRoot={(root) => (
                  <Link
                    to="/campaigns/$name"
                    params={{ name: campaign }}
                    search={{ side: 'launches' }}
                    {...root}
                  />
                )}
              >
                {t('launches.title')}
              </Button>
            )}
            {run !== null && (
              <Button
                size="compact-sm"
                variant="default"
                rightSection={<IconArrowRight size={14} />}
                renderRoot={(root) => <Link to="/runs/$run" params={{ run }} {...root} />}
              >
                {t('calendar.openRun')}
              </Button>
            )}
            {what === 'run' && run === null && (
              <Button
                size="compact-sm"
                variant="default"
                rightSection={<IconArrowRight size={14} />}
                renderRoot={(root) => <Link to="/runs" search={{ campaign }} {...root} />}
              >
                {t('calendar.showRuns')}
              </Button>
            )}
          </Group>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function weeksOf(days: string[]): string[][] {
  const weeks: string[][] = [];
  for (let index = 0; index < days.length; index += 7) weeks.push(days.slice(index, index + 7));
  return weeks;
}

/** The day in the reader's own zone. */
function localDay(now: number): string {
  const date = new Date(now);
  return dayText(new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())));
}

function write(day: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(formatLocale(), { ...options, timeZone: 'UTC' }).format(
    parseDay(day),
  );
}

function dayName(day: string, span: Span): string {
  return span === 'month'
    ? write(day, { weekday: 'short' })
    : write(day, { weekday: 'short', day: 'numeric', month: 'short' });
}

function longDay(day: string): string {
  return write(day, { weekday: 'long', day: 'numeric', month: 'long' });
}

function titleOf(span: Span, day: string, first: string, last: string): string {
  if (span === 'month') return write(day, { month: 'long', year: 'numeric' });
  const format = new Intl.DateTimeFormat(formatLocale(), {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return format.formatRange(parseDay(first), parseDay(last));
}
