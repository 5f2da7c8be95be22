/** A campaign as text and back. Pure. */
import { parseDocument, stringify } from 'yaml';
import type { CampaignDocument } from '@/api/types';
import { t, tMaybe } from '@/i18n';

export type CodeFormat = 'yaml' | 'json';
export interface CodeError {
  message: string;
  /** Where in the text, in characters. */
  from: number;
  to: number;
}
export type ReadCode = { document: CampaignDocument } | { error: CodeError };

export function writeCode(document: CampaignDocument, format: CodeFormat): string {
  if (format === 'json') return `${JSON.stringify(document, null, 2)}\n`;
  return stringify(document, { lineWidth: 110, aliasDuplicateObjects: false });
}

/** The campaign in a text, as far as its form goes; what it means is checked by the server. */
export function readCode(text: string, name: string): ReadCode {
  const parsed = parseDocument(text, { prettyErrors: false });
  const [error] = parsed.errors;
  if (error !== undefined) {
    const message = tMaybe('code.unread', error.code) ?? t('code.unread');
    return { error: { message, from: error.pos[0], to: error.pos[1] } };
  }
  const value: unknown = parsed.toJS();
  const wrong = wrongForm(value, name);
  if (wrong !== undefined) return { error: { message: wrong, from: 0, to: 0 } };
  return { document: value as CampaignDocument };
}

function wrongForm(value: unknown, name: string): string | undefined {
  if (!isObject(value)) return t('code.wrong.map');
  if (value.kind !== 'campaign') return t('code.wrong.kind');
  if (value.name !== name) return t('code.wrong.name', { name });
  const { canvas } = value;
  if (!isObject(canvas) || !Array.isArray(canvas.activities)) return t('code.wrong.activities');
  for (const each of canvas.activities as unknown[]) {
    if (!isObject(each) || typeof each.id !== 'string' || typeof each.type !== 'string') {
      return t('code.wrong.activity');
    }
  }
  const { transitions = [], positions } = canvas;
  if (!Array.isArray(transitions)) return t('code.wrong.transitions');
  for (const each of transitions as unknown[]) {
    if (!isObject(each) || typeof each.from !== 'string' || typeof each.to !== 'string') {
      return t('code.wrong.transition');
    }
  }
  return positions !== undefined && !isObject(positions) ? t('code.wrong.positions') : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
