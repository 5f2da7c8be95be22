/** A piece of messages as a message of its own, so that it can be checked and shown. Pure. */
import type { ContentDocument } from '@/api/contents';

export function fragmentAsContent(fragment: ContentDocument): object {
  const { name, html, mjml, text, dimension } = fragment;
  const wrapped = mjml === undefined ? undefined : aroundPiece(mjml);
  return {
    kind: 'content',
    name,
    subject: name,
    ...(wrapped === undefined ? { html: html ?? text ?? '' } : { mjml: wrapped }),
    ...(text !== undefined && { text }),
    ...(dimension !== undefined && { dimension }),
  };
}

/** On one line with what stands before the piece, so that places in it stay the same. */
function aroundPiece(mjml: string): string {
  const isSection = /^\s*<mj-(section|wrapper|hero)\b/.test(mjml);
  return isSection
    ? `<mjml><mj-body>${mjml}</mj-body></mjml>`
    : `<mjml><mj-body><mj-section><mj-column>${mjml}</mj-column></mj-section></mj-body></mjml>`;
}
