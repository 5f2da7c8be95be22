import { tMaybe } from '@/i18n';

/** What a kind of component is called. */
export function componentName(type: string): string {
  return tMaybe('designer.component', type) ?? type;
}
