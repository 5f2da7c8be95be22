/** What the fields of forms are called. Pure. */
import { t, tMaybe } from '@/i18n';

/** What a field is called in the reader's language, where it stands in `parent`. */
export function fieldName(name: string, parent: string): string | undefined {
  return tMaybe('field', `${parent}.${name}`) ?? tMaybe('field', name);
}

/** What a side of the pairs of `map` is called. */
export function sideName(map: string, side: 'key' | 'value'): string {
  return tMaybe(side, map) ?? t(`form.${side}`);
}
