/** Why no run came from a launch, in the reader's words. Pure. */
import { humanize } from '@/ui/format';
import { t, tMaybe } from '@/i18n';

export function skippedWords(reason: string | null): string {
  if (reason === null) return t('launches.skipped');
  return tMaybe('skipped', reason) ?? humanize(reason);
}
