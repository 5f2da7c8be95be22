/** What panels do to the fields that they set. Pure. */
import { isGroup } from '@/rules/edit';

/** Without what is `undefined`, so that the document does not have it. */
export function clean<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

/** Whether a rule asks for nothing. */
export function isEmpty(where: unknown): boolean {
  return isGroup(where) && where.rules.length === 0;
}
