import { humanize } from '@/ui/format';
import { currentLanguage, t, tMaybe } from '@/i18n';

export type Schedule = Record<string, unknown> & { type: string };

/** A campaign's schedule (contract §4) in a few words; `undefined` where it has none. */
export function scheduleWords(
  schedule: Schedule | undefined,
  timeZone: string | undefined,
): string | undefined {
  if (schedule === undefined) return undefined;
  const words = typeWords(schedule);
  if (words === undefined) return humanize(schedule.type);
  const zone = timeZone === undefined || !/\d/.test(words) ? '' : ` ${timeZone}`;
  return `${words}${zone}${limits(schedule)}`;
}

function typeWords(schedule: Schedule): string | undefined {
  const at = typeof schedule.at === 'string' ? ` ${t('when.at', { time: schedule.at })}` : '';
  switch (schedule.type) {
    case 'asap':
      return t('schedule.asap');
    case 'once':
      return `${t('schedule.once')}${at.replace('T', ' ')}`;
    case 'daily':
      return `${daysWords(schedule.days)}${at}`;
    case 'several-times-a-day':
      return `${daysWords(schedule.days)}${timesWords(schedule)}`;
    case 'weekly': {
      const every = typeof schedule.every === 'number' ? schedule.every : 1;
      const weeks = every > 1 ? t('when.everyWeeks', { n: every }) : t('schedule.weekly');
      return `${weeks} ${t('when.on', { days: list(schedule.on) })}${at}`;
    }
    case 'monthly':
      return `${t('schedule.monthly')}${monthDay(schedule.on)}${at}`;
    case 'rrule':
      return t('schedule.rrule');
    case 'signal':
      return signalWords(schedule.on);
    default:
      return undefined;
  }
}

function signalWords(on: unknown): string {
  const { kind, name } = sourceOf(on);
  return kind === 'call' ? t('schedule.signal') : t(`when.${kind}`, { name });
}

function daysWords(days: unknown): string {
  if (days === 'weekdays') return t('schedule.weekdays');
  return Array.isArray(days) ? t('when.onDays', { days: list(days) }) : t('schedule.daily');
}

function timesWords({ times, every, between }: Schedule): string {
  if (Array.isArray(times)) return ` ${t('when.at', { time: list(times) })}`;
  const window = Array.isArray(between)
    ? ` ${t('when.between', { from: String(between[0]), to: String(between[1]) })}`
    : '';
  return every === undefined ? '' : ` ${t('when.every', { span: String(every) })}${window}`;
}

function monthDay(on: unknown): string {
  if (on === 'every-day') return `, ${t('when.everyDay')}`;
  if (on === 'last-day') return ` ${t('when.lastDay')}`;
  if (typeof on !== 'object' || on === null) return '';
  if ('day' in on) return ` ${t('when.day', { day: String(on.day) })}`;
  if ('nth' in on && 'weekday' in on)
    return ` ${t('when.nth', { nth: nthWord(on.nth), weekday: capital(on.weekday) })}`;
  return 'weekdays' in on ? ` ${t('when.each', { days: list(on.weekdays) })}` : '';
}

function limits({ from, until }: Schedule): string {
  const start = typeof from === 'string' ? `, ${t('when.from', { date: from })}` : '';
  return typeof until === 'string' ? `${start} ${t('when.until', { date: until })}` : start;
}

function list(values: unknown): string {
  const words = (Array.isArray(values) ? values : [values]).map(capital);
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${t('say.and')} ${words.at(-1) ?? ''}`;
}

/** Only English writes days with a capital within a sentence. */
function capital(word: unknown): string {
  const text = tMaybe('day', String(word)) ?? String(word);
  if (currentLanguage() !== 'en') return text.toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function nthWord(nth: unknown): string {
  return (tMaybe('nth', String(nth)) ?? String(nth)).toLowerCase();
}

/** What signals a campaign besides programs and other campaigns. */
export type SourceKind = 'call' | 'table' | 'file';

export function sourceOf(on: unknown): { kind: SourceKind; name: string } {
  const { table, file } = (typeof on === 'object' && on !== null ? on : {}) as {
    table?: unknown;
    file?: unknown;
  };
  if (table !== undefined) return { kind: 'table', name: textOf(table) };
  return file === undefined ? { kind: 'call', name: '' } : { kind: 'file', name: textOf(file) };
}

export function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}
