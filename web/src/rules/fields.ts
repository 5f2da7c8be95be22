/** The fields that one can choose among where a rule or a setting speaks of rows. Pure. */
import type { FieldChoice } from '@/ui/fieldChoices';
import { humanize } from '@/ui/format';
import { behind, columnsOf, isToOne, linkLabel, linksOf, type Scope } from '@/rules/scope';

/** Links to one row that are followed. */
const DEPTH = 2;

/** A form offers the fields of one scope in many places. */
const known = new WeakMap<Scope, Map<number, FieldChoice[]>>();

/** All columns that can be reached over links to one row, with what they and the links are called. */
export function fieldChoices(scope: Scope | undefined, depth = DEPTH): FieldChoice[] {
  if (scope === undefined) return [];
  const made = known.get(scope) ?? new Map<number, FieldChoice[]>();
  const choices = made.get(depth) ?? choicesAt(scope, [], [], depth);
  known.set(scope, made.set(depth, choices));
  return choices;
}

function choicesAt(scope: Scope, links: string[], way: string[], depth: number): FieldChoice[] {
  const own = columnsOf(scope).map(({ name, label }) => ({
    path: [...links, name].join('.'),
    label: label ?? humanize(name),
    way,
  }));
  if (depth === 0) return own;
  const further = linksOf(scope)
    .filter(isToOne)
    .flatMap((link) => {
      const words = [...way, linkLabel(link)];
      return choicesAt(behind(scope, link), [...links, link.name], words, depth - 1);
    });
  return [...own, ...further];
}
