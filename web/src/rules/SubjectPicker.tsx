import { Button, Popover, TextInput } from '@mantine/core';
import {
  IconArrowsSplit2,
  IconCalendar,
  IconChevronDown,
  IconChevronRight,
  IconFilter,
  IconHash,
  IconLetterCase,
  IconList,
  IconMathFunction,
  IconSearch,
  IconSitemap,
  IconSum,
  IconToggleRight,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import type { RuleCondition, TableLink } from '@/api/types';
import { t } from '@/i18n';
import {
  formOf,
  onAggregate,
  onAudience,
  onColumn,
  onExpression,
  onFilter,
  onPopulation,
  onRelated,
} from '@/rules/edit';
import {
  behind,
  columnsOf,
  follow,
  isToOne,
  kindOf,
  linksOf,
  tableOf,
  type ColumnKind,
  type Scope,
} from '@/rules/scope';
import { humanize } from '@/ui/format';
import classes from '@/rules/rules.module.css';

interface Props {
  scope: Scope;
  rule: RuleCondition;
  onChange: (rule: RuleCondition) => void;
}

const ICONS: Record<ColumnKind, Icon> = {
  text: IconLetterCase,
  number: IconHash,
  boolean: IconToggleRight,
  date: IconCalendar,
  timestamp: IconCalendar,
  choice: IconList,
};

interface Entry {
  id: string;
  label: string;
  note?: string;
  Icon: Icon;
  section: string;
  pick: () => void;
  /** Leads to further entries instead of ending here. */
  deeper?: boolean;
}

/** What a condition is about: a column here or behind links, linked rows, a figure of them, or something predefined. */
export function SubjectPicker({ scope, rule, onChange }: Props) {
  const [opened, setOpened] = useState(rule.field === '' && rule.expression === undefined);
  const [way, setWay] = useState<TableLink[]>([]);
  const [search, setSearch] = useState('');
  const close = () => {
    setOpened(false);
    setWay([]);
    setSearch('');
  };
  const entries = useEntries(
    scope,
    way,
    search,
    (link) => {
      setWay([...way, link]);
      setSearch('');
    },
    (next) => {
      onChange(next(rule));
      close();
    },
  );
  const at = way.reduce(behind, scope);
  return (
    <Popover
      opened={opened}
      onChange={(next) => (next ? setOpened(true) : close())}
      position="bottom-start"
      width={340}
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          rightSection={<IconChevronDown size={13} />}
          className={classes.subject}
          onClick={() => setOpened(!opened)}
          aria-label={t('rules.subject', { what: subjectWords(scope, rule) })}
        >
          {subjectWords(scope, rule)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <TextInput
          size="xs"
          data-autofocus
          aria-label={t('rules.searchSubject')}
          placeholder={t('rules.searchSubject')}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && entries[0] !== undefined) {
              event.preventDefault();
              entries[0].pick();
            }
            if (event.key === 'ArrowDown') focusNext(event, 0);
          }}
        />
        <nav className={classes.crumbs} aria-label={t('rules.way')}>
          <button type="button" onClick={() => setWay([])}>
            {tableLabel(scope)}
          </button>
          {way.map((link, index) => (
            <span key={link.name}>
              <IconChevronRight size={12} aria-hidden />
              <button type="button" onClick={() => setWay(way.slice(0, index + 1))}>
                {humanize(link.name)}
              </button>
            </span>
          ))}
        </nav>
        <Entries entries={entries} table={tableLabel(at)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Entries({ entries, table }: { entries: Entry[]; table: string }) {
  const sections = [...new Set(entries.map(({ section }) => section))];
  if (entries.length === 0) return <p className={classes.muted}>{t('rules.nothingFound')}</p>;
  return (
    <div className={classes.entries} role="group" aria-label={table} onKeyDown={moveFocus}>
      {sections.map((section) => (
        <section key={section}>
          <h4>{section}</h4>
          {entries
            .filter((entry) => entry.section === section)
            .map(({ id, label, note, Icon, pick, deeper }) => (
              <button key={id} type="button" onClick={pick} className={classes.entry}>
                <Icon size={15} stroke={1.7} aria-hidden />
                <span>{label}</span>
                {note !== undefined && <small>{note}</small>}
                {deeper === true && <IconChevronRight size={13} aria-hidden />}
              </button>
            ))}
        </section>
      ))}
    </div>
  );
}

function useEntries(
  scope: Scope,
  way: TableLink[],
  search: string,
  deeper: (link: TableLink) => void,
  finish: (make: (former: RuleCondition) => RuleCondition) => void,
): Entry[] {
  const at = way.reduce(behind, scope);
  const prefix = way.map(({ name }) => `${name}.`).join('');
  const last = way.at(-1);
  const entries: Entry[] = [];
  if (last !== undefined && !isToOne(last)) {
    const path = prefix.slice(0, -1);
    const rows = tableLabel(at);
    entries.push(
      {
        id: 'related',
        label: t('rules.relatedRows', { rows }),
        Icon: IconSitemap,
        section: t('rules.section.rows'),
        pick: () => finish(() => onRelated(path)),
      },
      {
        id: 'aggregate',
        label: t('rules.figureOfRows', { rows }),
        Icon: IconSum,
        section: t('rules.section.rows'),
        pick: () => finish(() => onAggregate(path)),
      },
    );
  }
  for (const column of columnsOf(at)) {
    entries.push({
      id: `column:${column.name}`,
      label: column.label ?? column.name,
      note: column.label === undefined || column.label === null ? undefined : column.name,
      Icon: ICONS[kindOf(column)],
      section: t('rules.section.columns'),
      pick: () => finish((former) => onColumn(scope, prefix + column.name, former)),
    });
  }
  for (const link of linksOf(at)) {
    entries.push({
      id: `link:${link.name}`,
      label: humanize(link.name),
      note: isToOne(link) ? t('rules.one') : t('rules.many'),
      Icon: IconSitemap,
      section: t('rules.section.links'),
      pick: () => deeper(link),
      deeper: true,
    });
  }
  if (way.length === 0) entries.push(...predefined(scope, finish));
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ label, note }) =>
    words.every((word) => `${label} ${note ?? ''}`.toLowerCase().includes(word)),
  );
}

function predefined(
  scope: Scope,
  finish: (make: (former: RuleCondition) => RuleCondition) => void,
): Entry[] {
  const filters = scope.filters.map(({ name, label, parameters = {} }): Entry => ({
    id: `filter:${name}`,
    label: label ?? humanize(name),
    Icon: IconFilter,
    section: t('rules.section.filters'),
    pick: () => finish(() => onFilter(name, parameters)),
  }));
  const audiences = scope.audiences.map((name): Entry => ({
    id: `audience:${name}`,
    label: humanize(name),
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

function subjectWords(scope: Scope, rule: RuleCondition): string {
  switch (formOf(rule)) {
    case 'filter': {
      const filter = scope.filters.find(({ name }) => name === rule.filter);
      return filter?.label ?? humanize(rule.filter ?? '');
    }
    case 'audience':
      return humanize(rule.audience ?? '');
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
      const labels = follow(scope, rule.field ?? '')?.labels ?? (rule.field ?? '').split('.');
      return labels.map((label) => (label.includes(' ') ? label : humanize(label))).join(' › ');
    }
  }
}

function tableLabel(scope: Scope): string {
  return tableOf(scope)?.label ?? humanize(scope.table);
}

/** Arrows go up and down a list of buttons. */
function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) focusNext(event, step);
}

function focusNext(event: KeyboardEvent, step: number): void {
  const dropdown =
    (event.target as Element).closest('[data-position]') ?? event.currentTarget.parentElement;
  const all = [...(dropdown?.querySelectorAll<HTMLButtonElement>(`.${classes.entry ?? ''}`) ?? [])];
  const now = all.indexOf(event.target as HTMLButtonElement);
  const next = all[step === 0 ? 0 : now + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
