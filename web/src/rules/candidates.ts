/** What can stand in an expression and is not known to the server, which is asked for everything else. Pure. */
import type { Candidate, FunctionListed } from '@/api/types';
import { columnsOf, type Scope } from '@/rules/scope';

/** What a run knows and what rows carry; where the server cannot be asked at all, also fields, variables and functions. */
export function ownCandidates(scope: Scope, functions: FunctionListed[]): Candidate[] {
  const isAsked = scope.dimension !== '';
  const columns = isAsked ? scope.added : columnsOf(scope);
  const fields = columns.map(({ name, type, label }): Candidate => ({
    kind: 'field',
    text: name,
    detail: type,
    about: label,
  }));
  const facts = (scope.facts ?? []).map(({ name, label }): Candidate => ({
    kind: 'variable',
    text: `$${name}`,
    detail: label,
  }));
  if (isAsked) return [...fields, ...facts];
  const declared = Object.entries(scope.setting.variables ?? {}).map(
    ([name, { type }]): Candidate => ({ kind: 'variable', text: `$${name}`, detail: type }),
  );
  const calls = functions.map(({ name, signature, description }): Candidate => ({
    kind: 'function',
    text: name,
    detail: signature,
    about: description,
  }));
  return [...fields, ...facts, ...declared, ...calls];
}

/** Those that a word can be the beginning of. */
export function beginningWith(candidates: Candidate[], word: string): Candidate[] {
  const wanted = word.toLowerCase();
  return candidates.filter(({ text }) => text.toLowerCase().startsWith(wanted));
}
