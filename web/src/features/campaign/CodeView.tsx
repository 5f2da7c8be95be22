import { SegmentedControl } from '@mantine/core';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { yaml } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { linter, lintGutter, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import { same } from '@/canvas/edit/parts';
import { readCode, writeCode, type CodeFormat } from '@/features/campaign/code';
import type { Editor } from '@/features/campaign/useEditor';
import { t } from '@/i18n';
import { CODE_COLOURS, CODE_THEME, spoken } from '@/ui/codeLook';
import { sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

/** How long nothing is typed before the canvas takes what was typed. */
const SETTLE_MS = 350;

/** The campaign as the document that it is, beside its canvas and in step with it. */
export function CodeView({ editor, chosen }: { editor: Editor; chosen: string | undefined }) {
  const [format, setFormat] = useState<CodeFormat>('yaml');
  const [wrong, setWrong] = useState<string>();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const now = useRef({ editor, format });
  const [language] = useState(() => new Compartment());
  useEffect(() => {
    now.current = { editor, format };
  });

  useEffect(() => {
    if (place.current === null) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const take = () => {
      const text = view.current?.state.doc.toString() ?? '';
      const { document } = now.current.editor;
      const read = readCode(text, document.name);
      setWrong('error' in read ? read.error.message : undefined);
      if ('error' in read || same(read.document, document)) return;
      now.current.editor.change(() => read.document, 'code');
    };
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: writeCode(now.current.editor.document, now.current.format),
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          lintGutter(),
          linter((at) => mistakes(at, now.current.editor.document.name), { delay: SETTLE_MS }),
          language.of(yaml()),
          syntaxHighlighting(CODE_COLOURS),
          CODE_THEME,
          spoken(t('code.label')),
          keymap.of([
            indentWithTab,
            ...defaultKeymap,
            ...historyKeymap,
            ...searchKeymap,
            ...foldKeymap,
          ]),
          EditorView.updateListener.of(({ docChanged, transactions }) => {
            const typed = transactions.some(
              (each) =>
                each.isUserEvent('input') ||
                each.isUserEvent('delete') ||
                each.isUserEvent('undo') ||
                each.isUserEvent('redo') ||
                each.isUserEvent('move'),
            );
            if (!docChanged || !typed) return;
            clearTimeout(timer);
            timer = setTimeout(take, SETTLE_MS);
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      clearTimeout(timer);
      made.destroy();
    };
  }, [language]);

  const { document } = editor;
  useEffect(() => {
    const at = view.current;
    if (at === undefined) return;
    at.dispatch({ effects: language.reconfigure(format === 'yaml' ? yaml() : json()) });
    const text = at.state.doc.toString();
    const read = readCode(text, document.name);
    const inStep = !('error' in read) && same(read.document, document) && looksLike(text, format);
    // What is being typed and is not yet right stays under the hands of its writer.
    if (inStep || (at.hasFocus && 'error' in read)) return;
    at.dispatch({ changes: { from: 0, to: text.length, insert: writeCode(document, format) } });
  }, [document, format, language]);
  useEffect(() => {
    const at = view.current;
    if (at === undefined || chosen === undefined || at.hasFocus) return;
    const found = new RegExp(`"?id"?: "?${chosen}"?\\b`).exec(at.state.doc.toString());
    if (found !== null)
      at.dispatch({ effects: EditorView.scrollIntoView(found.index, { y: 'start', yMargin: 30 }) });
  }, [chosen]);

  return (
    <section className={classes.code} aria-label={t('code.title')}>
      <header className={classes.codeHead}>
        <SegmentedControl
          size="xs"
          aria-label={t('code.format')}
          value={format}
          onChange={(next) => setFormat(next === 'json' ? 'json' : 'yaml')}
          data={[
            { value: 'yaml', label: 'YAML' },
            { value: 'json', label: 'JSON' },
          ]}
        />
        <span
          className={wrong === undefined ? classes.fieldHelp : classes.fieldError}
          role="status"
        >
          {wrong === undefined ? t('code.inStep') : sentence(wrong)}
        </span>
      </header>
      <div ref={place} className={classes.codeBody} />
    </section>
  );
}

function mistakes(view: EditorView, name: string): Diagnostic[] {
  const read = readCode(view.state.doc.toString(), name);
  if (!('error' in read)) return [];
  const end = view.state.doc.length;
  const { message, from, to } = read.error;
  return [
    {
      from: Math.min(from, end),
      to: Math.min(Math.max(to, from), end),
      severity: 'error',
      message,
    },
  ];
}

function looksLike(text: string, format: CodeFormat): boolean {
  return text.trimStart().startsWith('{') === (format === 'json');
}
