/** Dates and date math as they are chosen. Pure. */
import { isPreset, type AskedPreset } from '@/rules/presets';

export const SHIFT_UNITS = ['h', 'd', 'w', 'M', 'Q', 'y'] as const;
export const START_UNITS = ['d', 'w', 'M', 'Q', 'y'] as const;

export type ShiftUnit = (typeof SHIFT_UNITS)[number];
export type StartUnit = (typeof START_UNITS)[number];

/** A moment as one says it; `code` is what is said in no other way. */
export type Said =
  | { kind: 'date'; day: string; time: string }
  | { kind: 'shift'; n: number; unit: ShiftUnit; ahead: boolean }
  | { kind: 'start'; unit: StartUnit; shift: -1 | 0 | 1 }
  | { kind: 'span'; asked: AskedPreset }
  | { kind: 'code'; text: string };
export type SaidKind = Said['kind'];

const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::00)?)?$/;
const SHIFT = /^now([+-])(\d+)([hdwMQy])$/;
const START = /^now(?:([+-])1([dwMQy]))?\/([dwMQy])$/;

export function readMoment(value: unknown): Said {
  if (isPreset(value)) return { kind: 'span', asked: value };
  const text = typeof value === 'string' ? value : '';
  const [, day, time = ''] = DATE.exec(text) ?? [];
  if (day !== undefined) return { kind: 'date', day, time };
  const [, sign, amount, unit] = SHIFT.exec(text) ?? [];
  if (unit !== undefined) {
    return { kind: 'shift', n: Number(amount), unit: unit as ShiftUnit, ahead: sign === '+' };
  }
  const [, step, by, start] = START.exec(text) ?? [];
  if (start !== undefined && (by === undefined || by === start)) {
    return {
      kind: 'start',
      unit: start as StartUnit,
      shift: ({ '-': -1, '+': 1 } as const)[step ?? ''] ?? 0,
    };
  }
  return { kind: 'code', text };
}

export function writeMoment(said: Said): unknown {
  switch (said.kind) {
    case 'date':
      return said.time === '' || said.day === '' ? said.day : `${said.day}T${said.time}`;
    case 'shift':
      return `now${said.ahead ? '+' : '-'}${said.n}${said.unit}`;
    case 'start':
      return `now${{ [-1]: `-1${said.unit}`, 0: '', 1: `+1${said.unit}` }[said.shift]}/${said.unit}`;
    case 'span':
      return said.asked;
    case 'code':
      return said.text;
  }
}
