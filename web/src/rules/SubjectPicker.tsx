import { Button, Popover, TextInput } from '@mantine/core';
import {
  IconChevronDown,
  IconChevronRight,
  IconSearch,
  IconStar,
  IconStarFilled,
} from '@tabler/icons-react';
import { useState, type KeyboardEvent } from 'react';
import type { RuleCondition, TableLink } from '@/api/types';
import { t } from '@/i18n';
import { behind, linkLabel, type Scope } from '@/rules/scope';
import { subjectWords, tableLabel, useSubjects, type Entry } from '@/rules/subjects';
import { sentence } from '@/ui/format';
import classes from '@/rules/rules.module.css';

interface Props {
  scope: Scope;
  rule: RuleCondition;
  onChange: (rule: RuleCondition) => void;
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
  const { entries, keep } = useSubjects(
    scope,
    way,
    search,
    opened,
    (links) => {
      setWay([...way, ...links]);
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
                {linkLabel(link)}
              </button>
            </span>
          ))}
        </nav>
        <Entries entries={entries} table={tableLabel(at)} />
        {keep.isError && (
          <p className={classes.wrong} role="alert">
            {sentence(keep.error.message)}
          </p>
        )}
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
            .map((entry) => (
              <EntryLine key={entry.id} {...entry} />
            ))}
        </section>
      ))}
    </div>
  );
}

/** One subject, with a star where it can be kept at hand. */
function EntryLine({ label, note, Icon, pick, deeper, star }: Entry) {
  const Star = star?.isKept === true ? IconStarFilled : IconStar;
  return (
    <div className={classes.entryLine}>
      <button type="button" onClick={pick} className={classes.entry}>
        <Icon size={15} stroke={1.7} aria-hidden />
        <span>{label}</span>
        {note !== undefined && <small>{note}</small>}
        {deeper === true && <IconChevronRight size={13} aria-hidden />}
      </button>
      {star !== undefined && (
        <button
          type="button"
          className={classes.star}
          aria-pressed={star.isKept}
          aria-label={t('rules.star', { what: label })}
          onClick={star.toggle}
        >
          <Star size={14} aria-hidden />
        </button>
      )}
    </div>
  );
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
