import { humanize } from '@/ui/format';

type Schedule = Record<string, unknown> & { type: string };

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
  const at = typeof schedule.at === 'string' ? ` at ${schedule.at}` : '';
  switch (schedule.type) {
    case 'asap':
      return 'As soon as it is published';
    case 'once':
      return `Once${at.replace('T', ' ')}`;
    case 'daily':
      return `${daysWords(schedule.days)}${at}`;
    case 'several-times-a-day':
      return `${daysWords(schedule.days)}${timesWords(schedule)}`;
    case 'weekly': {
      const every = typeof schedule.every === 'number' ? schedule.every : 1;
      const weeks = every > 1 ? `Every ${every} weeks` : 'Weekly';
      return `${weeks} on ${list(schedule.on)}${at}`;
    }
    case 'monthly':
      return `Monthly${monthDay(schedule.on)}${at}`;
    case 'rrule':
      return 'By a recurrence rule';
    case 'signal':
      return 'When a signal arrives';
    default:
      return undefined;
  }
}

function daysWords(days: unknown): string {
  if (days === 'weekdays') return 'On weekdays';
  return Array.isArray(days) ? `On ${list(days)}` : 'Daily';
}

function timesWords({ times, every, between }: Schedule): string {
  if (Array.isArray(times)) return ` at ${list(times)}`;
  const window = Array.isArray(between)
    ? ` from ${String(between[0])} to ${String(between[1])}`
    : '';
  return every === undefined ? '' : ` every ${String(every)}${window}`;
}

function monthDay(on: unknown): string {
  if (on === 'every-day') return ', every day';
  if (on === 'last-day') return ' on the last day';
  if (typeof on !== 'object' || on === null) return '';
  if ('day' in on) return ` on day ${String(on.day)}`;
  if ('nth' in on && 'weekday' in on) return ` on the ${String(on.nth)} ${capital(on.weekday)}`;
  return 'weekdays' in on ? ` on each ${list(on.weekdays)}` : '';
}

function limits({ from, until }: Schedule): string {
  const start = typeof from === 'string' ? `, from ${from}` : '';
  return typeof until === 'string' ? `${start} until ${until}` : start;
}

function list(values: unknown): string {
  const words = (Array.isArray(values) ? values : [values]).map(capital);
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function capital(word: unknown): string {
  const text = String(word);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
