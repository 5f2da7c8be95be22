/** What settings say, in the reader's words. Pure. */
import type { Names } from '@/features/common/useNames';
import { readSorts } from '@/features/campaign/form/sorts';
import { readNext, readUntil } from '@/features/campaign/form/until';
import { parsePort } from '@/canvas/graph';
import { t, tMaybe } from '@/i18n';
import { operandOf, readOperand, type Operand } from '@/rules/operand';
import { dateWords } from '@/rules/words';
import { asObject } from '@/ui/form/schema';
import { formatCell, formatTime, humanize, typeWords } from '@/ui/format';

/** What things are called: those of the installation, and the activities of the campaign. */
export interface Reader {
  names: Names;
  campaign: string;
}

const UNITS = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' } as const;

/** `1d12h` → `1 day 12 hours`; what is no length of time stays as it is. */
export function spanWords(text: string): string {
  const parts = [...text.matchAll(/(\d+)([smhdw]) ?/g)];
  if (parts.map(([part]) => part).join('') !== text || parts.length === 0) return text;
  return parts
    .map(([, amount = '', unit = 'd']) => {
      const n = Number(amount);
      return `${amount} ${t(`unit.${UNITS[unit as keyof typeof UNITS]}`, { n })}`;
    })
    .join(' ');
}

/** `2d`, a moment, a variable, or the next time that it is a weekday and an hour. */
export function untilWords(value: unknown): string {
  const { kind, text } = readUntil(value);
  if (kind !== 'next') return kind === 'for' ? spanWords(text) : momentWords(text);
  const { weekdays, at } = readNext(value);
  const days = weekdays.map((day) => tMaybe('day', day) ?? day);
  return `${days.length === 0 ? t('schedule.everyDay') : days.join(', ')}, ${at}`;
}

/** A moment as the reader writes it, date math in words. */
export function momentWords(text: string): string {
  if (/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(text)) return formatTime(text);
  return dateWords(text) ?? text.replace('T', ' ');
}

/** `address.city` → `Address › City`. */
export function fieldWords(path: string, { names }: Reader): string {
  const parts = path.split('.');
  return parts
    .map((part, index) => (index === parts.length - 1 ? names.column(part) : humanize(part)))
    .join(' › ');
}

/** A field by its label; an expression as it is written. */
export function operandWords(operand: Operand | undefined, reader: Reader): string {
  if (operand === undefined) return '';
  return typeof operand === 'string' ? fieldWords(operand, reader) : operand.expression;
}

export function sortWords(value: unknown, reader: Reader): string[] {
  return readSorts(value).map(({ by, descending }) => {
    const order = descending ? t('choice.descending') : t('choice.ascending');
    return `${operandWords(by, reader)}: ${order}`;
  });
}

/** A population by what its activity and its way out are called. */
export function populationWords(ref: string, { names, campaign }: Reader): string {
  const { activity, port } = parsePort(ref);
  return names.port(activity, port, campaign);
}

/** `sum of Amount`; an expression of its own as it is written. */
export function aggregateWords(value: unknown, reader: Reader): string {
  const { function: name, field, expression } = asObject(value);
  if (typeof expression === 'string' && name === undefined) return expression;
  const words = tMaybe('aggregate', String(name ?? 'count')) ?? String(name);
  return typeof field === 'string' ? `${words} ${fieldWords(field, reader)}` : words;
}

/** A value by what its mark says that it is; `undefined` where the mark says nothing of how it reads. */
export function markedWords(mark: string, value: unknown, reader: Reader): string | undefined {
  const { names } = reader;
  if (mark === 'aggregate') return aggregateWords(value, reader);
  if (mark === 'until') return untilWords(value);
  if (mark === 'target') {
    const { table, transition } = asObject(value);
    if (typeof table === 'string') return names.table(table);
    return typeof transition === 'string' ? populationWords(transition, reader) : '';
  }
  if (mark === 'field' && readOperand(value) !== undefined) {
    return operandWords(readOperand(value), reader);
  }
  if (mark === 'value') return typeof value === 'object' ? undefined : formatCell(value);
  if (typeof value !== 'string') return undefined;
  switch (mark) {
    case 'dimension':
      return names.dimension(value);
    case 'table':
      return names.table(value);
    case 'channel':
      return names.channel(value);
    case 'campaign':
      return names.campaign(value);
    case 'inbound':
    case 'earlier':
      return populationWords(value, reader);
    case 'operand':
      return operandWords(operandOf(value), reader);
    case 'column':
    case 'carried':
    case 'link':
      return fieldWords(value, reader);
    case 'duration':
      return spanWords(value);
    case 'moment':
      return momentWords(value);
    case 'column-type':
      return typeWords(value);
    case 'answer':
      return tMaybe('answer', value) ?? humanize(value);
    case 'audience':
    case 'new-audience':
    case 'parameter':
      return humanize(value);
    default:
      return undefined;
  }
}
