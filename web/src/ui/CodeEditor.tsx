import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { CODE_COLOURS, CODE_THEME, spoken } from '@/ui/codeLook';
import { diagnosticsOf, type Mark } from '@/ui/marks';
import classes from '@/ui/ui.module.css';

interface Props {
  label: string;
  value: string;
  /** What is wrong or doubtful in it, and where. */
  marks?: Mark[];
  onChange: (value: string) => void;
}

const NO_MARKS: Mark[] = [];

/** A text in YAML with colours and marks. Tab leaves it, as it does any field of a dialog. */
export function CodeEditor({ label, value, marks = NO_MARKS, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const now = useRef({ value, onChange });
  useEffect(() => {
    now.current = { value, onChange };
  });
  useEffect(() => {
    if (place.current === null) return undefined;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: now.current.value,
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
          yaml(),
          syntaxHighlighting(CODE_COLOURS),
          CODE_THEME,
          spoken(label),
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...foldKeymap]),
          EditorView.updateListener.of(({ docChanged, state }) => {
            const text = state.doc.toString();
            if (docChanged && text !== now.current.value) now.current.onChange(text);
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [label]);
  useEffect(() => {
    const at = view.current;
    if (at === undefined || at.state.doc.toString() === value) return;
    at.dispatch({ changes: { from: 0, to: at.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const at = view.current;
    if (at === undefined) return;
    at.dispatch(setDiagnostics(at.state, diagnosticsOf(at.state.doc.toString(), marks)));
  }, [marks, value]);
  return <div ref={place} className={classes.codeField} />;
}
