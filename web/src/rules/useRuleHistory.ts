import { useEffect, useRef, useState } from 'react';
import type { RuleGroup } from '@/api/types';
import { NO_HISTORY, noted, redone, undone, type Step } from '@/rules/history';

/** A rule whose changes can be taken back as long as it is being made; Ctrl+Z and Ctrl+Shift+Z do so. */
export function useRuleHistory(rule: RuleGroup, onChange: (rule: RuleGroup) => void) {
  const [history, setHistory] = useState(NO_HISTORY);
  const back = undone(history, rule);
  const forth = redone(history, rule);
  const go = (step: Step | undefined) => {
    if (step === undefined) return;
    setHistory(step.history);
    onChange(step.rule);
  };
  const undo = () => go(back);
  const redo = () => go(forth);
  const now = useRef({ undo, redo });
  useEffect(() => {
    now.current = { undo, redo };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      const isRedo = key === 'y' || (key === 'z' && event.shiftKey);
      if ((!event.ctrlKey && !event.metaKey) || (key !== 'z' && !isRedo)) return;
      if (isWriting(event.target)) return;
      event.preventDefault();
      if (isRedo) now.current.redo();
      else now.current.undo();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return {
    change: (next: RuleGroup) => {
      setHistory(noted(history, rule, next));
      onChange(next);
    },
    undo: back === undefined ? undefined : undo,
    redo: forth === undefined ? undefined : redo,
  };
}

/** Whether keys go into a text, which takes back its own. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest('input:not([readonly]), textarea, select, [contenteditable="true"]') !== null
  );
}
