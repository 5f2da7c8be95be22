import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderOf } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { checkExpression, type ExpressionQuestion } from '@/api/questions';
import type { Candidate } from '@/api/types';
import { beginningWith } from '@/rules/candidates';
import classes from '@/rules/rules.module.css';

interface Props {
  label: string;
  placeholder: string;
  question: ExpressionQuestion;
  /** What the server does not know of: what rows carry, and what a run knows. */
  own: Candidate[];
  invalid: boolean;
  onChange: (value: string) => void;
}

const THEME = EditorView.theme({
  '.cm-content': { fontFamily: 'var(--t-font-mono)', fontSize: '12px', padding: '4px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--t-ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-tooltip': {
    backgroundColor: 'var(--t-card)',
    border: '1px solid var(--t-line)',
    color: 'var(--t-ink)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--t-accent-soft)',
    color: 'var(--t-ink)',
  },
  '.cm-completionDetail': { color: 'var(--t-muted)', fontStyle: 'normal' },
  '.cm-completionInfo': { maxWidth: '320px', fontSize: '12px' },
});

/** Which sign stands before a candidate. */
const SIGNS: Record<Candidate['kind'], string> = {
  field: 'property',
  link: 'namespace',
  function: 'function',
  variable: 'variable',
};

/** Where one types an expression; what could come next is asked of the server. */
export function ExpressionInput(props: Props) {
  const { label, placeholder, question, own, invalid, onChange } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const now = useRef({ question, own, onChange });
  useEffect(() => {
    now.current = { question, own, onChange };
  });
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: now.current.question.expression,
        extensions: [
          history(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({
            override: [(context) => candidates(context, now.current.question, now.current.own)],
            icons: false,
          }),
          EditorView.lineWrapping,
          placeholderOf(placeholder),
          THEME,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          keymap.of([
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...defaultKeymap,
            ...historyKeymap,
          ]),
          EditorView.updateListener.of(({ docChanged, state }) => {
            const text = state.doc.toString();
            if (docChanged && text !== now.current.question.expression) now.current.onChange(text);
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [label, placeholder]);
  // What is changed elsewhere, by undo or in the document, is shown here.
  useEffect(() => {
    const shown = view.current;
    if (shown === undefined || shown.state.doc.toString() === question.expression) return;
    shown.dispatch({
      changes: { from: 0, to: shown.state.doc.length, insert: question.expression },
    });
  }, [question.expression]);
  return <div ref={place} className={classes.expressionInput} data-invalid={invalid} />;
}

async function candidates(
  context: CompletionContext,
  question: ExpressionQuestion,
  own: Candidate[],
): Promise<CompletionResult | null> {
  const word = context.matchBefore(/\$?[\w.]*$/);
  if (word === null || (word.text === '' && !context.explicit)) return null;
  const mine = beginningWith(own, word.text);
  const offer = (found: Candidate[]) => ({
    from: word.from,
    options: [...mine, ...found].map(completionOf),
    filter: false,
  });
  if (question.dimension === '') return offer([]);
  const abort = new AbortController();
  context.addEventListener('abort', () => abort.abort());
  const asked = { ...question, expression: context.state.doc.toString(), complete: word.text };
  try {
    const { candidates: found } = await checkExpression(asked, abort.signal);
    const texts = new Set(mine.map(({ text }) => text));
    return offer(found.filter(({ text }) => !texts.has(text)));
  } catch {
    // Without the server one can still type.
    return offer([]);
  }
}

function completionOf({ kind, text, detail, about }: Candidate): Completion {
  const isFunction = kind === 'function';
  return {
    label: text,
    type: SIGNS[kind],
    detail,
    ...(about !== undefined && about !== null && { info: about }),
    apply: (view, _completion, from, to) => {
      const insert = isFunction && !text.endsWith(')') ? `${text}()` : text;
      const anchor = from + insert.length - (isFunction ? 1 : 0);
      view.dispatch({ changes: { from, to, insert }, selection: { anchor } });
    },
  };
}
