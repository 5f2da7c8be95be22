import { humanize } from '@/ui/format';
import { tMaybe } from '@/i18n';

/** What a figure is called. */
export function figureName(figure: string): string {
  return tMaybe('figure', figure) ?? humanize(figure);
}

/** `sent + in_doubt - bounced` in the reader's words. */
export function formulaName(formula: string): string {
  return formula
    .split(/([+-])/)
    .map((part) => (part === '-' ? ' − ' : part === '+' ? ' + ' : figureName(part.trim())))
    .join('')
    .toLowerCase();
}

export function rateName(rate: string): string {
  return tMaybe('rate', rate) ?? humanize(rate);
}

/** What rows are told apart by, in the reader's words. */
export function sliceName(by: string): string {
  return tMaybe('slice', by) ?? humanize(by);
}
