/** Numbers, times and names as people read them. Pure; the present moment is passed in. */
import { currentLanguage, formatLocale, t, tMaybe, tServer } from '@/i18n';

const WHOLE = new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat(formatLocale(), {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const SHARE = new Intl.NumberFormat(formatLocale(), { style: 'percent', maximumFractionDigits: 1 });
const DATE_TIME = new Intl.DateTimeFormat(formatLocale(), {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});
const DATE = new Intl.DateTimeFormat(formatLocale(), {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const FRACTION = new Intl.NumberFormat(formatLocale(), { maximumFractionDigits: 20 });
const MOMENT = new Intl.DateTimeFormat(formatLocale(), {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const RELATIVE = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: 'auto' });
const DASH = '–';

/** `1234567` → `1,234,567`; nothing known → an en dash. */
export function formatCount(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : WHOLE.format(value);
}

/** `part` of `whole` in per cent; an en dash of nothing. */
export function formatShare(part: number, whole: number): string {
  return whole === 0 ? DASH : SHARE.format(part / whole);
}

/** Milliseconds as the two largest units that say something: `12 ms`, `4.2 s`, `3 min 5 s`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return DASH;
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${TENTHS.format(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return pair(Math.floor(hours / 24), t('unit.d'), hours % 24, 'h');
}

/** An RFC 3339 time in the reader's own zone; an en dash for none. */
export function formatTime(time: string | null | undefined): string {
  const date = parseTime(time);
  return date === undefined ? DASH : DATE_TIME.format(date);
}

/** The same with its weekday, as the clocks of a zone show it. */
export function formatTimeIn(time: string, timeZone: string): string {
  // Some servers write the zone behind the offset.
  const date = parseTime(time.replace(/\[.*\]$/, ''));
  if (date === undefined) return time;
  return new Intl.DateTimeFormat(formatLocale(), {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  }).format(date);
}

/** The same to the second, without the year. */
export function formatMoment(time: string | null | undefined): string {
  const date = parseTime(time);
  return date === undefined ? DASH : MOMENT.format(date);
}

/** How long ago `time` was at `now` (epoch milliseconds). */
export function formatAgo(time: string | null | undefined, now: number): string {
  const date = parseTime(time);
  if (date === undefined) return DASH;
  const seconds = Math.round((date.getTime() - now) / 1_000);
  if (Math.abs(seconds) < 45) return t('time.now');
  if (Math.abs(seconds) < 3_600) return RELATIVE.format(Math.round(seconds / 60), 'minute');
  if (Math.abs(seconds) < 86_400) return RELATIVE.format(Math.round(seconds / 3_600), 'hour');
  return RELATIVE.format(Math.round(seconds / 86_400), 'day');
}

/** Milliseconds between two times; until `now` if the second is missing. */
export function elapsedMs(
  from: string | null | undefined,
  until: string | null | undefined,
  now: number,
): number | null {
  const start = parseTime(from);
  if (start === undefined) return null;
  return (parseTime(until)?.getTime() ?? now) - start.getTime();
}

/** Bytes: `812 B`, `14 KB`, `2.1 MB` (thousands). */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${t('unit.B')}`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} ${t('unit.KB')}`;
  return `${TENTHS.format(bytes / 1_000_000)} ${t('unit.MB')}`;
}

/** `frequency_cap` → `Frequency cap`; `build-audience` → `Build audience`. */
export function humanize(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Why somebody was left out, or is on a list; what somebody wrote is shown as it is. */
export function reasonWords(reason: string): string {
  return tMaybe('reason', reason) ?? humanize(reason);
}

/** What a column holds: `decimal(12,2)` → `decimal number (12,2)`. */
export function typeWords(type: string): string {
  const [, name = type, size = ''] = /^(\w+)(\(.*\))?$/.exec(type) ?? [];
  const words = tMaybe('type', name) ?? name;
  return size === '' ? words : `${words} ${size}`;
}

/** Errors come in lower case and without a full stop, to be parts of longer texts. */
export function sentence(text: string): string {
  const told = tServer(text);
  const start = told.charAt(0).toUpperCase() + told.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * A cell of a result: NULL is an en dash, numbers and days are as the reader writes them, moments in the reader's own
 * zone, objects are JSON. Decimals come as texts, which only their `type` tells from others.
 */
export function formatCell(value: unknown, type?: string): string {
  if (value === null || value === undefined) return DASH;
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  if (type?.startsWith('decimal') === true) return formatDecimal(value);
  if (DAY.test(value)) return formatDay(value);
  return INSTANT.test(value) ? formatTime(value) : value;
}

/** Whole numbers stay as they are, since they may be keys or years; others have the reader's own signs. */
function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : FRACTION.format(value);
}

/** `1234.50` with all its places. */
function formatDecimal(value: string): string {
  const [whole = '', places] = value.split('.');
  if (!/^-?\d+$/.test(whole)) return value;
  const sign = FRACTION.formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.';
  const shown = FRACTION.format(BigInt(whole));
  // The sign of `-0.5` is not in its whole part.
  const start = whole.startsWith('-') && !shown.startsWith('-') ? `-${shown}` : shown;
  return places === undefined ? start : `${start}${sign}${places}`;
}

/** `2026-11-23`, which is the same day in every zone. */
function formatDay(day: string): string {
  const date = parseTime(`${day}T00:00:00Z`);
  return date === undefined ? day : DATE.format(date);
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function parseTime(time: string | null | undefined): Date | undefined {
  if (time === null || time === undefined) return undefined;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
