/** What the record of changes says, in the reader's words. Pure. */
import { campaignLook } from '@/canvas/states';
import { t, tServer } from '@/i18n';

/** Who it was, where the server knows. */
export function actorName(actor: string): string {
  if (actor === 'anyone') return t('approval.somebody');
  return actor === 'tutti' ? 'Tutti' : actor;
}

/** `draft to live` is a change of a campaign's state. */
export function detailWords(detail: string): string {
  const [, from, to] = /^(\w+) to (\w+)$/.exec(detail) ?? [];
  if (from === undefined || to === undefined) return tServer(detail);
  return `${campaignLook(from).label} → ${campaignLook(to).label}`;
}
