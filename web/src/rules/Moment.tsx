import { Button, Group, NumberInput, Popover, Select, Tabs, TextInput } from '@mantine/core';
import { IconCalendar } from '@tabler/icons-react';
import { useState } from 'react';
import { useDatePresets } from '@/api/questions';
import { t } from '@/i18n';
import {
  readMoment,
  SHIFT_UNITS,
  START_UNITS,
  writeMoment,
  type Said,
  type SaidKind,
  type ShiftUnit,
  type StartUnit,
} from '@/rules/moment';
import { isPreset, presetWords } from '@/rules/presets';
import { dateWords } from '@/rules/words';
import { formatCell } from '@/ui/format';
import classes from '@/rules/rules.module.css';

interface Props {
  operator: string;
  value: unknown;
  onChange: (value: unknown) => void;
  label?: string | undefined;
  /** Whether spans of time with a name are offered as well. */
  spans?: boolean | undefined;
  /** Whether it may count from the moment at which it is read. */
  math?: boolean;
}

const WITH_SPAN = new Set(['=', '!=', '<', '<=', '>', '>=']);
/** The number that a preset begins with. */
const FIRST_N = 7;
const FIRST: { shift: Said; start: Said } = {
  shift: { kind: 'shift', n: 30, unit: 'd', ahead: false },
  start: { kind: 'start', unit: 'M', shift: 0 },
};

/** A moment by the calendar, by how long ago it is or by what begins then, or a span of time by its name. */
export function Moment({ operator, value, onChange, label, spans = false, math = true }: Props) {
  const [opened, setOpened] = useState(false);
  const [chosen, setChosen] = useState<SaidKind>();
  const said = readMoment(value);
  const isEmpty = value === undefined || value === null || value === '';
  const kind = chosen ?? (isEmpty ? 'date' : said.kind);
  const hasSpans = (spans && WITH_SPAN.has(operator)) || said.kind === 'span';
  const change = (next: Said) => onChange(writeMoment(next));
  const choose = (next: string | null) => {
    if (next === null) return;
    setChosen(next as SaidKind);
    // What is chosen with no more ado is what the tab shows.
    if ((next === 'shift' || next === 'start') && said.kind !== next) change(FIRST[next]);
  };
  const close = () => {
    setOpened(false);
    setChosen(undefined);
  };
  const words = momentWords(value);
  const called = words === '' ? t('rules.choose') : words;
  return (
    <Popover
      opened={opened}
      onChange={(next) => (next ? setOpened(true) : close())}
      position="bottom-start"
      width={360}
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          className={classes.subject}
          leftSection={<IconCalendar size={14} />}
          aria-label={`${label ?? t('rules.value')}: ${called}`}
          onClick={() => (opened ? close() : setOpened(true))}
        >
          {called}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={10}>
        <Tabs value={kind} onChange={choose} keepMounted={false}>
          <Tabs.List mb={10}>
            <Tabs.Tab value="date">{t('moment.date')}</Tabs.Tab>
            {math && <Tabs.Tab value="shift">{t('moment.shift')}</Tabs.Tab>}
            {math && <Tabs.Tab value="start">{t('moment.start')}</Tabs.Tab>}
            {hasSpans && <Tabs.Tab value="span">{t('moment.span')}</Tabs.Tab>}
            <Tabs.Tab value="code">{t('moment.code')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="date">
            <OnDay said={said} onChange={change} />
          </Tabs.Panel>
          <Tabs.Panel value="shift">
            <Shifted said={said} onChange={change} />
          </Tabs.Panel>
          <Tabs.Panel value="start">
            <Start said={said} onChange={change} />
          </Tabs.Panel>
          {hasSpans && (
            <Tabs.Panel value="span">
              <Span said={said} onChange={change} />
            </Tabs.Panel>
          )}
          <Tabs.Panel value="code">
            <TextInput
              size="xs"
              label={t('moment.code')}
              description={math ? t('moment.codeHelp') : t('moment.codeHelpPlain')}
              placeholder={math ? 'now-30d' : '2026-12-01T09:00'}
              value={typeof value === 'string' ? value : ''}
              onChange={({ currentTarget }) => change({ kind: 'code', text: currentTarget.value })}
            />
          </Tabs.Panel>
        </Tabs>
        <p className={classes.muted}>{words}</p>
      </Popover.Dropdown>
    </Popover>
  );
}

interface PartProps {
  said: Said;
  onChange: (said: Said) => void;
}

function OnDay({ said, onChange }: PartProps) {
  const { day, time } = said.kind === 'date' ? said : { day: '', time: '' };
  return (
    <Group gap="xs" grow>
      <TextInput
        size="xs"
        type="date"
        label={t('moment.day')}
        value={day}
        onChange={({ currentTarget }) => onChange({ kind: 'date', day: currentTarget.value, time })}
      />
      <TextInput
        size="xs"
        type="time"
        label={t('moment.time')}
        disabled={day === ''}
        value={time}
        onChange={({ currentTarget }) => onChange({ kind: 'date', day, time: currentTarget.value })}
      />
    </Group>
  );
}

function Shifted({ said, onChange }: PartProps) {
  if (said.kind !== 'shift') return null;
  return (
    <Group gap="xs" grow>
      <NumberInput
        size="xs"
        label={t('moment.howLong')}
        min={0}
        max={10_000}
        allowDecimal={false}
        value={said.n}
        onChange={(n) => typeof n === 'number' && onChange({ ...said, n })}
      />
      <Select
        size="xs"
        label={t('moment.unit')}
        allowDeselect={false}
        data={SHIFT_UNITS.map((unit) => ({ value: unit, label: t(`moment.units.${unit}`) }))}
        value={said.unit}
        onChange={(unit) => unit !== null && onChange({ ...said, unit: unit as ShiftUnit })}
      />
      <Select
        size="xs"
        label={t('moment.direction')}
        allowDeselect={false}
        data={[
          { value: 'ago', label: t('moment.ago') },
          { value: 'ahead', label: t('moment.ahead') },
        ]}
        value={said.ahead ? 'ahead' : 'ago'}
        onChange={(next) => onChange({ ...said, ahead: next === 'ahead' })}
      />
    </Group>
  );
}

const SHIFTS = [-1, 0, 1] as const;

function Start({ said, onChange }: PartProps) {
  if (said.kind !== 'start') return null;
  const options = START_UNITS.flatMap((unit) =>
    SHIFTS.map((shift) => {
      const value = String(writeMoment({ kind: 'start', unit, shift }));
      return { value, label: dateWords(value) ?? value };
    }),
  );
  return (
    <Select
      size="xs"
      label={t('moment.start')}
      allowDeselect={false}
      data={options}
      value={String(writeMoment(said))}
      onChange={(next) => {
        const read = readMoment(next);
        if (read.kind === 'start') onChange({ ...read, unit: read.unit as StartUnit });
      }}
    />
  );
}

function Span({ said, onChange }: PartProps) {
  const presets = useDatePresets();
  const asked = said.kind === 'span' ? said.asked : undefined;
  const preset = presets.find(({ name }) => name === asked?.preset);
  const takesN = typeof preset?.n_max === 'number' || asked?.n !== undefined;
  const choose = (name: string | null) => {
    const next = presets.find((each) => each.name === name);
    if (next === undefined) return;
    const n = { n: asked?.n ?? FIRST_N };
    const asks = typeof next.n_max === 'number';
    onChange({ kind: 'span', asked: { preset: next.name, ...(asks && n) } });
  };
  return (
    <Group gap="xs" grow>
      <Select
        size="xs"
        label={t('rules.momentsSpan')}
        searchable
        allowDeselect={false}
        data={presets.map(({ name }) => ({ value: name, label: presetWords({ preset: name }) }))}
        value={asked?.preset ?? null}
        onChange={choose}
      />
      {asked !== undefined && takesN && (
        <NumberInput
          size="xs"
          label={t('rules.presetNumber')}
          min={1}
          {...(typeof preset?.n_max === 'number' && { max: preset.n_max })}
          allowDecimal={false}
          value={asked.n ?? ''}
          onChange={(n) =>
            typeof n === 'number' && onChange({ kind: 'span', asked: { preset: asked.preset, n } })
          }
        />
      )}
    </Group>
  );
}

/** A moment as the button says it. */
function momentWords(value: unknown): string {
  if (isPreset(value)) return presetWords(value);
  if (typeof value !== 'string') return '';
  const said = readMoment(value);
  if (said.kind !== 'date') return dateWords(value) ?? value;
  return [formatCell(said.day, 'date'), said.time].filter(Boolean).join(' ');
}
