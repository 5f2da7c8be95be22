import { Group, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { readSpan, readWait, type SpanUnit, type WaitKind } from '@/features/campaign/panels/wait';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

const UNITS: SpanUnit[] = ['m', 'h', 'd', 'w'];
const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
const STARTS: Record<WaitKind, Record<string, unknown>> = {
  for: { duration: '3d', until: undefined },
  until: { duration: undefined, until: '' },
  next: { duration: undefined, until: { weekday: 'monday', at: '09:00' } },
};

/** For how long, or until when. */
export function WaitPanel({ activity, set, rest, errorAt }: PanelProps) {
  const wait = readWait(activity);
  const error = errorAt(['duration']) ?? errorAt(['until']) ?? errorAt(['until', 'at']);
  return (
    <div className={classes.stack}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('wait.kind')}
        value={wait.kind}
        onChange={(kind) => set(STARTS[kind as WaitKind])}
        data={[
          { value: 'for', label: t('wait.for') },
          { value: 'until', label: t('wait.until') },
          { value: 'next', label: t('wait.next') },
        ]}
      />
      {wait.kind === 'for' && (
        <Span
          text={wait.duration}
          error={error}
          onChange={(duration) => set({ duration }, 'wait')}
        />
      )}
      {wait.kind === 'until' && (
        <TextInput
          size="xs"
          label={t('schedule.when')}
          description={t('wait.untilHelp')}
          placeholder="2026-12-01T09:00"
          error={error}
          value={wait.until}
          onChange={({ currentTarget }) => set({ until: currentTarget.value }, 'wait')}
        />
      )}
      {wait.kind === 'next' && (
        <Group grow align="start">
          <Select
            size="xs"
            label={t('schedule.weekday')}
            clearable
            placeholder={t('schedule.everyDay')}
            data={WEEKDAYS.map((value) => ({ value, label: t(`day.${value}`) }))}
            value={wait.weekday ?? null}
            onChange={(weekday) =>
              set({ until: weekday === null ? { at: wait.at } : { weekday, at: wait.at } })
            }
          />
          <TextInput
            size="xs"
            type="time"
            label={t('schedule.at')}
            error={error}
            value={wait.at}
            onChange={({ currentTarget }) =>
              set({ until: { ...wait.next, at: currentTarget.value } }, 'wait')
            }
          />
        </Group>
      )}
      {rest(['duration', 'until'])}
    </div>
  );
}

/** `3d` as a number and a unit; what is more than that stays a text. */
function Span({
  text,
  error,
  onChange,
}: {
  text: string;
  error: string | undefined;
  onChange: (text: string) => void;
}) {
  const span = readSpan(text);
  if (span === undefined) {
    return (
      <TextInput
        size="xs"
        label={t('wait.for')}
        description="3d, 12h, 1d12h"
        error={error}
        value={text}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  }
  return (
    <Group grow align="start">
      <NumberInput
        size="xs"
        label={t('wait.amount')}
        min={1}
        allowDecimal={false}
        error={error}
        value={span.amount}
        onChange={(amount) => typeof amount === 'number' && onChange(`${amount}${span.unit}`)}
      />
      <Select
        size="xs"
        label={t('wait.unit')}
        allowDeselect={false}
        data={UNITS.map((value) => ({ value, label: t(`span.${value}`) }))}
        value={span.unit}
        onChange={(unit) => unit !== null && onChange(`${span.amount}${unit}`)}
      />
    </Group>
  );
}
