import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { html } from '@codemirror/lang-html';
import { bracketMatching, foldGutter, foldKeymap, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, RangeSetBuilder, type Extension, type Text } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  ViewPlugin,
  type DecorationSet,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { ContentProblem, Place } from '@/api/contents';
import { jinjaParts } from '@/mail/jinja';
import { CODE_COLOURS, CODE_THEME, spoken } from '@/ui/codeLook';
import { sentence } from '@/ui/format';
import classes from '@/mail/mail.module.css';

/** How long nothing is typed before the message takes what was typed. */
const SETTLE_MS = 250;

interface Props {
  label: string;
  value: string;
  /** `html` for HTML and MJML. */
  language: 'html' | 'text';
  onChange: (value: string) => void;
  problems: ContentProblem[];
  /** A place to go to; a new object goes there again. */
  target?: Place | undefined;
  /** Called with what writes at the cursor, when the cursor comes in. */
  onFocus: (insert: (text: string) => void) => void;
}

/** A template as text, in step with `value`. */
export default function MailCode(props: Props) {
  const { label, value, language, problems, target } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (place.current === null) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = () => {
      timer = undefined;
      const text = view.current?.state.doc.toString() ?? '';
      if (text !== latest.current.value) latest.current.onChange(text);
    };
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          ...writing(label, language),
          EditorView.domEventHandlers({
            focus: (_, at) => {
              latest.current.onFocus((text) => {
                at.dispatch(at.state.replaceSelection(text), { userEvent: 'input' });
                at.focus();
              });
            },
          }),
          EditorView.updateListener.of(({ docChanged, transactions }) => {
            const typed = transactions.some((each) =>
              ['input', 'delete', 'undo', 'redo', 'move'].some((event) => each.isUserEvent(event)),
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
      if (timer !== undefined) take();
      clearTimeout(timer);
      made.destroy();
    };
  }, [label, language]);

  useEffect(() => {
    const at = view.current;
    const text = at?.state.doc.toString();
    if (at === undefined || text === undefined || text === value) return;
    // Only what differs is put in, so that the cursor stays where it is.
    const [from, to, insert] = difference(text, value);
    at.dispatch({ changes: { from, to, insert } });
  }, [value]);
  useEffect(() => {
    const at = view.current;
    if (at !== undefined)
      at.dispatch(
        setDiagnostics(
          at.state,
          problems.flatMap((each) => mark(each, at.state.doc)),
        ),
      );
  }, [problems, value]);
  useEffect(() => {
    const at = view.current;
    if (at === undefined || target === undefined) return;
    const offset = offsetOf(target, at.state.doc);
    at.dispatch({
      selection: { anchor: offset },
      effects: EditorView.scrollIntoView(offset, { y: 'center' }),
    });
    at.focus();
  }, [target]);

  return <div ref={place} className={classes.code} />;
}

function writing(label: string, language: 'html' | 'text'): Extension[] {
  return [
    lineNumbers(),
    foldGutter(),
    history(),
    drawSelection(),
    bracketMatching(),
    highlightActiveLine(),
    highlightSelectionMatches(),
    lintGutter(),
    ...(language === 'html' ? [html({ matchClosingTags: false })] : []),
    EditorView.lineWrapping,
    syntaxHighlighting(CODE_COLOURS),
    JINJA_MARKS,
    CODE_THEME,
    spoken(label),
    keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap]),
  ];
}

const JINJA_MARK = Decoration.mark({ class: 'cm-jinja' });
const JINJA_MARKS = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = marks(view.state.doc);
    }
    update({ docChanged, state }: { docChanged: boolean; state: EditorState }) {
      if (docChanged) this.decorations = marks(state.doc);
    }
  },
  { decorations: ({ decorations }) => decorations },
);

function marks(doc: Text): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of jinjaParts(doc.toString())) builder.add(from, to, JINJA_MARK);
  return builder.finish();
}

function mark({ within, message, hint, severity }: ContentProblem, doc: Text): Diagnostic[] {
  if (within === undefined) return [];
  const from = offsetOf(within, doc);
  const line = doc.lineAt(from);
  return [
    {
      from,
      to: Math.min(line.to, from + 40),
      severity: severity === 'error' ? 'error' : 'warning',
      message: [message, hint]
        .filter(Boolean)
        .map((each) => sentence(each ?? ''))
        .join(' '),
    },
  ];
}

function offsetOf({ line, column }: Place, doc: Text): number {
  const at = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(at.to, at.from + column - 1);
}

/** From where to where `former` differs from `next`, and what stands there now. */
function difference(former: string, next: string): [number, number, string] {
  let from = 0;
  const shorter = Math.min(former.length, next.length);
  while (from < shorter && former.charCodeAt(from) === next.charCodeAt(from)) from += 1;
  let same = 0;
  while (
    same < shorter - from &&
    former.charCodeAt(former.length - 1 - same) === next.charCodeAt(next.length - 1 - same)
  ) {
    same += 1;
  }
  return [from, former.length - same, next.slice(from, next.length - same)];
}
