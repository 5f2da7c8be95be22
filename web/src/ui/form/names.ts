/** What the fields of forms are called. Pure. */
import { tMaybe } from '@/i18n';

/** What a field is called in the reader's language, where it stands in `parent`. */
export function fieldName(name: string, parent: string): string | undefined {
  return tMaybe('field', `${parent}.${name}`) ?? tMaybe('field', name);
}
