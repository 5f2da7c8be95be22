/** How the rule of an activity is asked. Pure. */
import type { Question } from '@/api/questions';
import type { RuleGroup } from '@/api/types';
import { asksTheRun, isWhole } from '@/rules/edit';
import type { Scope } from '@/rules/scope';

export interface Ways {
  /** At its activity: where it is about what a run has, in the newest that has it. */
  placed?: Question;
  /** Of all rows of the dimension. */
  plain?: Question;
}

/** How a rule can be asked: in no way while it is not whole, or where the server has no such rows. */
export function waysToAsk({ dimension, added, setting, place }: Scope, rule: RuleGroup): Ways {
  if (dimension === '' || !isWhole(rule)) return {};
  const plain: Question = { ...setting, dimension, where: rule };
  const insideRun = added.length > 0 || asksTheRun(rule);
  return {
    ...(place !== undefined && { placed: { ...plain, ...place, run: 'last' as const } }),
    ...(!insideRun && { plain }),
  };
}

export interface Asked {
  question: Question | undefined;
  /** Whether it can be worked out, though no run has what the rule asks for. */
  lacksRun: boolean;
}

/** What is asked, given the code with which the placed question was refused, and whether it is to be worked out. */
export function choose(
  { placed, plain }: Ways,
  refused: string | undefined,
  workedOut: boolean,
): Asked {
  if (placed === undefined) return { question: plain, lacksRun: false };
  if (workedOut) return { question: { ...placed, run: 'dry' }, lacksRun: false };
  if (refused === undefined) return { question: placed, lacksRun: false };
  if (plain !== undefined) return { question: plain, lacksRun: false };
  const lacksRun = refused === 'needs_a_run';
  return { question: lacksRun ? undefined : placed, lacksRun };
}
