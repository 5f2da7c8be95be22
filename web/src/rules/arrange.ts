/** How the parts of a rule are put into another order and other groups. Pure. */
import type { Rule, RuleGroup } from '@/api/types';
import { appendAt, insertAfter, isGroup, moveAt, replaceAt, strip } from '@/rules/edit';

export type Deed =
  'up' | 'down' | 'in' | 'out' | 'wrap' | 'unwrap' | 'duplicate' | 'remove' | 'clear';

/** Where a part is put: beside another one, or at the end of a group. */
export interface Spot {
  path: number[];
  place: 'before' | 'after' | 'inside';
}

/** What a part leaves where it stood, so that all paths stay right until it has its new place. */
const GAP: Rule = { field: '' };

/** The part at a path (numbers of the way through the groups). */
export function partAt(group: RuleGroup, path: number[]): Rule | undefined {
  return path.reduce<Rule | undefined>(
    (part, index) => (isGroup(part) ? part.rules[index] : undefined),
    group,
  );
}

/** The rule after a deed on the part at `path`; the very rule that was given where the deed cannot be done. */
export function arrange(group: RuleGroup, path: number[], deed: Deed): RuleGroup {
  const part = partAt(group, path);
  if (part === undefined) return group;
  const above = path.slice(0, -1);
  const isWhole = path.length === 0;
  switch (deed) {
    case 'up':
    case 'down': {
      const step = deed === 'up' ? -1 : 1;
      const beside = [...above, (path.at(-1) ?? 0) + step];
      return isWhole || partAt(group, beside) === undefined ? group : moveAt(group, path, step);
    }
    case 'in': {
      const spot = isWhole ? undefined : groupBeside(group, path);
      return spot === undefined ? group : moveTo(group, path, spot);
    }
    case 'out':
      return path.length < 2 ? group : moveTo(group, path, { path: above, place: 'after' });
    case 'wrap': {
      const wrapped: RuleGroup = { combinator: 'and', rules: [part] };
      return isWhole ? wrapped : replaceAt(group, path, wrapped);
    }
    case 'unwrap':
      return isWhole ? unwrapWhole(group) : unwrap(group, path);
    case 'duplicate':
      return isWhole ? group : insertAfter(group, path, strip(structuredClone(part)));
    case 'remove':
      return isWhole ? group : withoutGap(replaceAt(group, path, GAP), false);
    case 'clear':
      if (!isGroup(part) || part.rules.length === 0) return group;
      return isWhole ? { ...group, rules: [] } : replaceAt(group, path, { ...part, rules: [] });
  }
}

/** The rule with the part at `from` at another spot; a group that has nothing left goes. */
export function moveTo(group: RuleGroup, from: number[], { path, place }: Spot): RuleGroup {
  const part = partAt(group, from);
  const isInside = from.every((index, depth) => path[depth] === index);
  if (part === undefined || from.length === 0 || isInside) return group;
  const open = replaceAt(group, from, GAP);
  const put = place === 'inside' ? appendAt(open, path, part) : insert(open, path, place, part);
  if (put === open) return group;
  const moved = withoutGap(put, true);
  return JSON.stringify(moved) === JSON.stringify(group) ? group : moved;
}

/** The rule with another part before or behind the one at `path`. */
function insert(
  group: RuleGroup,
  path: number[],
  place: 'before' | 'after',
  rule: Rule,
): RuleGroup {
  const index = path.at(-1);
  const above = partAt(group, path.slice(0, -1));
  if (index === undefined || !isGroup(above)) return group;
  const at = place === 'before' ? index : index + 1;
  return putGroup(group, path.slice(0, -1), {
    ...above,
    rules: above.rules.toSpliced(at, 0, rule),
  });
}

function putGroup(group: RuleGroup, path: number[], next: RuleGroup): RuleGroup {
  return path.length === 0 ? next : replaceAt(group, path, next);
}

/** The rule without the gap in it. `tidy`: also without the groups that have nothing left by that. */
function withoutGap(group: RuleGroup, tidy: boolean): RuleGroup {
  const rules = group.rules.flatMap((each): Rule[] => {
    if (each === GAP) return [];
    if (!isGroup(each)) return [each];
    const left = withoutGap(each, tidy);
    return tidy && left.rules.length === 0 && each.rules.length > 0 ? [] : [left];
  });
  return { ...group, rules };
}

/** The group that stands next to a part, the one below it first. */
function groupBeside(group: RuleGroup, path: number[]): Spot | undefined {
  const above = path.slice(0, -1);
  const index = path.at(-1) ?? 0;
  for (const beside of [index + 1, index - 1]) {
    const other = partAt(group, [...above, beside]);
    if (!isGroup(other)) continue;
    const into = [...above, beside];
    // From above it comes first, so that the order stays.
    if (beside > index && other.rules.length > 0) return { path: [...into, 0], place: 'before' };
    return { path: into, place: 'inside' };
  }
  return undefined;
}

/** The parts of a group in its place. A negated one says something else without itself, and stays. */
function unwrap(group: RuleGroup, path: number[]): RuleGroup {
  const part = partAt(group, path);
  const above = partAt(group, path.slice(0, -1));
  const index = path.at(-1);
  if (!isGroup(part) || part.not === true || !isGroup(above) || index === undefined) return group;
  return putGroup(group, path.slice(0, -1), {
    ...above,
    rules: above.rules.toSpliced(index, 1, ...part.rules),
  });
}

/** A rule that is nothing but one group is that group. */
function unwrapWhole(group: RuleGroup): RuleGroup {
  const [only, ...others] = group.rules;
  return isGroup(only) && others.length === 0 && group.not !== true ? only : group;
}

/** The part to go on with after a deed: itself, what it held, or what stands where it stood. */
export function nextAfter(group: RuleGroup, path: number[], deed: Deed): Rule | undefined {
  const part = partAt(group, path);
  if (deed === 'unwrap') return isGroup(part) ? (part.rules[0] ?? nextOf(group, path)) : part;
  return deed === 'remove' ? nextOf(group, path) : part;
}

function nextOf(group: RuleGroup, path: number[]): Rule | undefined {
  const above = path.slice(0, -1);
  const index = path.at(-1) ?? 0;
  const beside = partAt(group, [...above, index + 1]) ?? partAt(group, [...above, index - 1]);
  return beside ?? partAt(group, above);
}
