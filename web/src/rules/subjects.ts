import {
  IconArrowsSplit2,
  IconCalendar,
  IconFilter,
  IconHash,
  IconId,
  IconLetterCase,
  IconList,
  IconMathFunction,
  IconSitemap,
  IconSum,
  IconToggleRight,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { useFavorites, useKeep } from '@/api/favorites';
import type { RuleCondition, TableColumn, TableLink } from '@/api/types';
import { t } from '@/i18n';
import {
  formOf,
  onAggregate,
  onAudience,
  onColumn,
  onExpression,
  onFilter,
  onPopulation,
  onRecord,
  onRelated,
} from '@/rules/edit';
import { farFrom, hasWords, pathOf, wayWords } from '@/rules/far';
import {
  behind,
  columnsOf,
  follow,
  isToOne,
  keyOf,
  kindOf,
  linkLabel,
  linksOf,
  pathFrom,
  tableOf,
  type ColumnKind,
  type Scope,
} from '@/rules/scope';
import { humanize } from '@/ui/format';

const ICONS: Record<ColumnKind, Icon> = {
  text: IconLetterCase,
  number: IconHash,
  boolean: IconToggleRight,
  date: IconCalendar,
  timestamp: IconCalendar,
  choice: IconList,
};

export interface Entry {
  id: string;
  label: string;
  note?: string;
  Icon: Icon;
  section: string;
  pick: () => void;
  /** Leads to further entries instead of ending here. */
  deeper?: boolean;
  /** What else it is found by. */
  alias?: string;
  star?: { isKept: boolean; toggle: () => void } | undefined;
}
/** What is behind links and shown at once; more words find the others. */
const FAR_MAX = 60;
/** Of the fields that were used last. */
const RECENT_MAX = 5;

type Finish = (make: (former: RuleCondition) => RuleCondition) => void;
type Keep = ReturnType<typeof useKeep>;

/** What a condition can be about at the end of a way, as far as it is called what is searched. */
export function useSubjects(
  scope: Scope,
  way: TableLink[],
  search: string,
  isOpen: boolean,
  deeper: (links: TableLink[]) => void,
  finish: Finish,
): { entries: Entry[]; keep: Keep } {
  const keep = useKeep();
  const kept = useFavorites('attribute');
  const recent = useFavorites('recent-attribute');
  const keptFilters = useFavorites('filter');
  if (!isOpen) return { entries: [], keep };
  const at = way.reduce(behind, scope);
  const prefix = way.map(({ name }) => `${name}.`).join('');
  const column = (path: string, found: TableColumn, section: string, from?: string): Entry => {
    const name = attributeOf(scope, path, found);
    return {
      id: `${section}:${path}`,
      label: found.label ?? found.name,
      note: from ?? (found.label ? found.name : undefined),
      alias: path,
      Icon: ICONS[kindOf(found)],
      section,
      star: name === undefined ? undefined : starOf(keep, 'attribute', name, kept),
      pick: () => {
        if (name !== undefined) keep.mutate({ kind: 'recent-attribute', name, isKept: true });
        finish((former) => onColumn(scope, path, former));
      },
    };
  };
  const atHand = (names: string[], section: string) =>
    names.flatMap((name): Entry[] => {
      const path = pathOfAttribute(scope, name);
      const found = path === undefined ? undefined : follow(scope, path);
      if (path === undefined || found?.column === undefined) return [];
      const from = found.labels.slice(0, -1).join(' › ');
      return [column(path, found.column, section, from === '' ? undefined : from)];
    });
  const isSearching = search.trim() !== '';
  const entries = [
    ...(way.length > 0 || isSearching
      ? []
      : [
          ...atHand(kept, t('rules.section.favorites')),
          ...atHand(
            recent.filter((name) => !kept.includes(name)).slice(0, RECENT_MAX),
            t('rules.section.recent'),
          ),
        ]),
    ...linkedRows(scope, way, finish),
    ...columnsOf(at).map((each) => column(prefix + each.name, each, t('rules.section.columns'))),
    ...linksOf(at).map((link) => linkEntry(link, [link], deeper)),
    ...(way.length === 0 ? predefined(scope, finish, keep, keptFilters) : []),
  ].filter(({ label, note = '', alias = '' }) => hasWords(search.trim(), [label, note, alias]));
  if (!isSearching) return { entries, keep };
  const far = farFrom(at)
    .filter((each) => {
      const end = each.column ?? each.many;
      const label = each.many ? linkLabel(each.many) : (end?.label ?? '');
      return hasWords(search.trim(), [label, wayWords(each), pathOf(each)]);
    })
    .slice(0, FAR_MAX)
    .map((each): Entry => {
      const words = wayWords(each);
      const section = t('rules.section.far');
      if (each.column) return column(prefix + pathOf(each), each.column, section, words);
      const links = each.many ? [...each.way, each.many] : each.way;
      return { ...linkEntry(links.at(-1), links, deeper), note: words, section };
    });
  return { entries: [...entries, ...far], keep };
}

function linkEntry(
  link: TableLink | undefined,
  links: TableLink[],
  deeper: (links: TableLink[]) => void,
): Entry {
  const isOne = link !== undefined && isToOne(link);
  return {
    id: `link:${links.map(({ name }) => name).join('.')}`,
    label: link === undefined ? '' : linkLabel(link),
    note: isOne ? t('rules.one') : t('rules.many'),
    alias: link?.name ?? '',
    Icon: IconSitemap,
    section: t('rules.section.links'),
    pick: () => deeper(links),
    deeper: true,
  };
}

/** What can be asked of the rows at the end of a way themselves. */
function linkedRows(scope: Scope, way: TableLink[], finish: Finish): Entry[] {
  const last = way.at(-1);
  if (last === undefined) return [];
  const path = way.map(({ name }) => name).join('.');
  const rows = tableLabel(way.reduce(behind, scope));
  const shared = { section: t('rules.section.rows') };
  if (isToOne(last)) {
    if (keyOf(way.reduce(behind, scope)) === undefined) return [];
    const label = t('rules.record', { rows });
    return [
      { ...shared, id: 'record', label, Icon: IconId, pick: () => finish(() => onRecord(path)) },
    ];
  }
  return [
    {
      ...shared,
      id: 'related',
      label: t('rules.relatedRows', { rows }),
      Icon: IconSitemap,
      pick: () => finish(() => onRelated(path)),
    },
    {
      ...shared,
      id: 'aggregate',
      label: t('rules.figureOfRows', { rows }),
      Icon: IconSum,
      pick: () => finish(() => onAggregate(path)),
    },
  ];
}

/** What the server calls a field, where it knows it. */
function attributeOf(scope: Scope, path: string, column: TableColumn): string | undefined {
  const isAdded = scope.added.includes(column);
  if (isAdded || follow(scope, path)?.scope.dimension === '') return undefined;
  return `${scope.dimension}.${pathFrom(scope, path)}`;
}

/** The path of a field from here on, if it is one of these rows. */
function pathOfAttribute(scope: Scope, name: string): string | undefined {
  const start = `${scope.dimension}.${pathFrom(scope, '')}`;
  return scope.dimension !== '' && name.startsWith(start) ? name.slice(start.length) : undefined;
}

function starOf(keep: Keep, kind: 'attribute' | 'filter', name: string, kept: string[]) {
  const isKept = kept.includes(name);
  return { isKept, toggle: () => keep.mutate({ kind, name, isKept: !isKept }) };
}

function predefined(scope: Scope, finish: Finish, keep: Keep, kept: string[]): Entry[] {
  const filters = scope.filters.map(({ name, label, parameters = {} }): Entry => ({
    id: `filter:${name}`,
    label: label ?? humanize(name),
    Icon: IconFilter,
    section: t('rules.section.filters'),
    star: starOf(keep, 'filter', name, kept),
    pick: () => finish(() => onFilter(name, parameters)),
  }));
  const audiences = scope.audiences.map(({ name, label }): Entry => ({
    id: `audience:${name}`,
    label: label ?? humanize(name),
    alias: name,
    Icon: IconUsers,
    section: t('rules.section.audiences'),
    pick: () => finish(() => onAudience(name)),
  }));
  const populations = scope.populations.map(({ value, label }): Entry => ({
    id: `population:${value}`,
    label,
    Icon: IconArrowsSplit2,
    section: t('rules.section.populations'),
    pick: () => finish(() => onPopulation(value)),
  }));
  const expression: Entry = {
    id: 'expression',
    label: t('rules.expression'),
    Icon: IconMathFunction,
    section: t('rules.section.more'),
    pick: () => finish(onExpression),
  };
  return [...filters, ...audiences, ...populations, expression];
}

export function subjectWords(scope: Scope, rule: RuleCondition): string {
  switch (formOf(rule)) {
    case 'filter': {
      const filter = scope.filters.find(({ name }) => name === rule.filter);
      return filter?.label ?? humanize(rule.filter ?? '');
    }
    case 'audience': {
      const known = scope.audiences.find(({ name }) => name === rule.audience);
      return known?.label ?? humanize(rule.audience ?? '');
    }
    case 'population': {
      const known = scope.populations.find(({ value }) => value === rule.population);
      return known?.label ?? rule.population ?? '';
    }
    case 'expression':
      return t('rules.expression');
    case 'condition':
    case 'related':
    case 'aggregate': {
      if ((rule.field ?? '') === '') return t('rules.chooseSubject');
      const path = rule.field ?? '';
      return (follow(scope, path)?.labels ?? path.split('.').map(humanize)).join(' › ');
    }
  }
}

export function tableLabel(scope: Scope): string {
  return tableOf(scope)?.label ?? humanize(scope.table);
}
