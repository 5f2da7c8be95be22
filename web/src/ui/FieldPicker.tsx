import { Button, MultiSelect, Popover, Select, TextInput, type OptionsFilter } from '@mantine/core';
import { IconBraces, IconSearch } from '@tabler/icons-react';
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { t } from '@/i18n';
import { choiceWords, findFields, isFieldPath, type FieldChoice } from '@/ui/fieldChoices';
import classes from '@/ui/ui.module.css';

/** Fields that are shown at once; typing finds the others. */
const SHOWN_MAX = 60;

interface Shared {
  label: string;
  /** Whether the label is for screen readers alone. */
  quiet?: boolean;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  placeholder?: string | undefined;
  choices: FieldChoice[];
  width?: number | undefined;
}

interface OneProps extends Shared {
  value: string | undefined;
  /** Whether there may be none. */
  clearable?: boolean;
  onChange: (path: string | undefined) => void;
}

/** One field, by its label; one that is not offered can be typed as a path. */
export function FieldPicker({ value, clearable = false, onChange, ...props }: OneProps) {
  const own = value === undefined || value === '' ? [] : [value];
  const { shared, onKeyDownCapture } = useOptions(props, own, onChange);
  return (
    <Select
      {...shared}
      clearable={clearable}
      allowDeselect={false}
      placeholder={props.placeholder ?? t('form.chooseField')}
      value={own[0] ?? null}
      onChange={(path) => onChange(path ?? undefined)}
      onKeyDownCapture={onKeyDownCapture}
    />
  );
}

interface ManyProps extends Shared {
  value: string[];
  onChange: (paths: string[]) => void;
}

/** Several fields, in the order in which they are chosen. */
export function FieldsPicker({ value, onChange, ...props }: ManyProps) {
  const [search, setSearch] = useState('');
  const { shared, onKeyDownCapture } = useOptions(props, value, (path) => {
    setSearch('');
    onChange([...value, path]);
  });
  return (
    <MultiSelect
      {...shared}
      hidePickedOptions
      placeholder={value.length === 0 ? (props.placeholder ?? t('form.chooseFields')) : undefined}
      value={value}
      searchValue={search}
      onSearchChange={(text) => {
        setSearch(text);
        shared.onSearchChange(text);
      }}
      onChange={onChange}
      onKeyDownCapture={onKeyDownCapture}
    />
  );
}

/** What both have in common: labels with their ways, a search over all of it, and Enter for the nearest. */
function useOptions(props: Shared, chosen: string[], pick: (path: string) => void) {
  const { label, quiet = false, help, error, required = false, choices, width } = props;
  const [search, setSearch] = useState('');
  const known = new Map(choices.map((choice) => [choice.path, choice]));
  const others = chosen.filter((path) => !known.has(path)).map(ownChoice);
  const listed = [...known.values(), ...others];
  const typed = search.trim();
  const isNew = isFieldPath(typed) && findFields(listed, typed).length === 0;
  const offered = isNew ? [...listed, ownChoice(typed)] : listed;
  const filter: OptionsFilter = ({ options, search: wanted }) => {
    const open = new Set(options.flatMap((option) => ('value' in option ? [option.value] : [])));
    const found = findFields(offered, wanted).filter(({ path }) => open.has(path));
    return found.slice(0, SHOWN_MAX).map(toOption);
  };
  const onKeyDownCapture = (event: KeyboardEvent<HTMLInputElement>) => {
    const isChosen = offered.some(
      (choice) => chosen.includes(choice.path) && choiceWords(choice) === search,
    );
    if (event.key !== 'Enter' || typed === '' || isChosen) return;
    // The list that opened while somebody typed marks its first option, but forgets that it did.
    const list = document.getElementById(event.currentTarget.getAttribute('aria-controls') ?? '');
    const marked = list?.querySelector<HTMLElement>('[data-combobox-selected]');
    const [nearest] = findFields(offered, typed).filter(({ path }) => !chosen.includes(path));
    if (!marked && nearest === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (marked) marked.click();
    else if (nearest !== undefined) pick(nearest.path);
  };
  const shared = {
    size: 'xs' as const,
    label: quiet ? undefined : label,
    'aria-label': quiet ? label : undefined,
    description: help,
    error,
    withAsterisk: required,
    ...(width !== undefined && { w: width }),
    searchable: true,
    selectFirstOptionOnChange: true,
    nothingFoundMessage: t('form.nothing'),
    data: offered.map(toOption),
    filter,
    onSearchChange: setSearch,
    renderOption: ({ option }: { option: { value: string; label: string } }) => (
      <Option
        words={option.label}
        note={known.has(option.value) ? option.value : t('form.notOffered')}
      />
    ),
    comboboxProps: { width: 320, position: 'bottom-start' as const },
  };
  return { shared, onKeyDownCapture };
}

/** A field that nobody offers is called by its path. */
function ownChoice(path: string): FieldChoice {
  return { path, label: path, way: [] };
}

function toOption(choice: FieldChoice) {
  return { value: choice.path, label: choiceWords(choice) };
}

function Option({ words, note }: { words: string; note: string }) {
  return (
    <span className={classes.fieldOption}>
      <span>{words}</span>
      {note !== words && <small>{note}</small>}
    </span>
  );
}

interface MenuProps {
  /** What the button says. */
  word: ReactNode;
  label: string;
  choices: FieldChoice[];
  className?: string | undefined;
  onPick: (path: string) => void;
}

/** A button behind which a field is found, to be put in somewhere. */
export function FieldMenu({ word, label, choices, className, onPick }: MenuProps) {
  const [opened, setOpened] = useState(false);
  const [search, setSearch] = useState('');
  const found = findFields(choices, search).slice(0, SHOWN_MAX);
  const pick = (path: string) => {
    setOpened(false);
    setSearch('');
    onPick(path);
  };
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={280}
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <Button
          className={className}
          size="compact-xs"
          variant="subtle"
          color="gray"
          leftSection={<IconBraces size={12} />}
          aria-label={label}
          disabled={choices.length === 0}
          onClick={() => setOpened(!opened)}
        >
          {word}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <TextInput
          size="xs"
          data-autofocus
          aria-label={t('form.searchFields')}
          placeholder={t('form.searchFields')}
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || found[0] === undefined) return;
            event.preventDefault();
            pick(found[0].path);
          }}
        />
        {found.length === 0 && <p className={classes.fieldNone}>{t('form.nothing')}</p>}
        <ul className={classes.fieldList}>
          {found.map((choice) => (
            <li key={choice.path}>
              <button type="button" onClick={() => pick(choice.path)}>
                <Option words={choiceWords(choice)} note={choice.note ?? choice.path} />
              </button>
            </li>
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}
