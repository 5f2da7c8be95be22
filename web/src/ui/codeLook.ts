/** How code looks, wherever it is shown. */
import { HighlightStyle } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { t, type WordKey } from '@/i18n';

export const CODE_COLOURS = HighlightStyle.define([
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName), tags.tagName],
    color: 'var(--t-accent)',
  },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: 'var(--t-good)' },
  { tag: [tags.number, tags.bool, tags.null, tags.attributeName], color: 'var(--t-data)' },
  { tag: [tags.comment, tags.angleBracket], color: 'var(--t-muted)' },
]);

/** What the editor itself says, by its own words. */
const SAYS: Record<string, WordKey> = {
  Find: 'codeEditor.find',
  Replace: 'codeEditor.replaceWith',
  next: 'codeEditor.next',
  previous: 'codeEditor.previous',
  all: 'codeEditor.all',
  'match case': 'codeEditor.matchCase',
  regexp: 'codeEditor.regexp',
  'by word': 'codeEditor.byWord',
  replace: 'codeEditor.replace',
  'replace all': 'codeEditor.replaceAll',
  close: 'codeEditor.close',
  'current match': 'codeEditor.currentMatch',
  'on line': 'codeEditor.onLine',
  'replaced $ matches': 'codeEditor.replacedAll',
  'replaced match on line $': 'codeEditor.replacedOne',
  'Go to line': 'codeEditor.goToLine',
  go: 'codeEditor.go',
  Completions: 'codeEditor.completions',
  Diagnostics: 'codeEditor.diagnostics',
  'No diagnostics': 'codeEditor.noDiagnostics',
  'folded code': 'codeEditor.foldedCode',
  unfold: 'codeEditor.unfold',
  'Control character': 'codeEditor.controlCharacter',
  'Selection deleted': 'codeEditor.selectionDeleted',
};

/** A field with code under a label, in the reader's language; keys reach what is scrolled in it. */
export function spoken(label: string): Extension {
  const phrases = Object.entries(SAYS).map(([own, key]) => [own, t(key)]);
  return [
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorState.phrases.of(Object.fromEntries(phrases) as Record<string, string>),
  ];
}

export const CODE_THEME = EditorView.theme({
  '&': {
    height: '100%',
    fontSize: '12.5px',
    backgroundColor: 'var(--t-card)',
    color: 'var(--t-ink)',
  },
  '.cm-scroller': { fontFamily: 'var(--t-font-mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--t-sunken)', color: 'var(--t-muted)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--t-hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--t-ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--t-accent-soft) !important',
  },
  '.cm-panels': { backgroundColor: 'var(--t-sunken)', color: 'var(--t-ink)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--t-card)',
    border: '1px solid var(--t-line)',
    color: 'var(--t-ink)',
  },
  '.cm-jinja': {
    color: 'var(--t-channel)',
    backgroundColor: 'var(--t-channel-soft)',
    borderRadius: '3px',
  },
  '.cm-jinja *': { color: 'inherit' },
});
