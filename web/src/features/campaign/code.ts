/** A campaign as text and back. Pure. */
import { parseDocument, stringify } from 'yaml';
import type { CampaignDocument } from '@/api/types';

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
    return { error: { message: error.message, from: error.pos[0], to: error.pos[1] } };
  }
  const value: unknown = parsed.toJS();
  const wrong = wrongForm(value, name);
  if (wrong !== undefined) return { error: { message: wrong, from: 0, to: 0 } };
  return { document: value as CampaignDocument };
}

function wrongForm(value: unknown, name: string): string | undefined {
  if (!isObject(value)) return 'a campaign is a map with `kind`, `name` and `canvas`';
  if (value.kind !== 'campaign') return '`kind` is `campaign`';
  if (value.name !== name) return `\`name\` stays \`${name}\`; duplicate the campaign to rename it`;
  const { canvas } = value;
  if (!isObject(canvas) || !Array.isArray(canvas.activities))
    return '`canvas` has a list of `activities`';
  for (const each of canvas.activities as unknown[]) {
    if (!isObject(each) || typeof each.id !== 'string' || typeof each.type !== 'string') {
      return 'each activity has an `id` and a `type`';
    }
  }
  const { transitions = [], positions } = canvas;
  if (!Array.isArray(transitions)) return '`transitions` is a list';
  for (const each of transitions as unknown[]) {
    if (!isObject(each) || typeof each.from !== 'string' || typeof each.to !== 'string') {
      return 'each transition has `from` and `to`';
    }
  }
  return positions !== undefined && !isObject(positions) ? '`positions` is a map' : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
