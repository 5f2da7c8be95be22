import { formatLocale } from '@/i18n';

const PERCENT = new Intl.NumberFormat(formatLocale(), {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 2,
});
const POINTS = new Intl.NumberFormat(formatLocale(), {
  minimumFractionDigits: 1,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});

export function formatPercent(value: number | null): string {
  return value === null ? '–' : PERCENT.format(value);
}

/** A difference of shares in points of per cent, with its sign. */
export function formatPoints(value: number): string {
  return POINTS.format(value * 100);
}
