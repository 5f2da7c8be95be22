import { Input, MultiSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import {
  readUntil,
  WEEKDAYS,
  writeNext,
  type Next,
  type UntilKind,
} from '@/features/campaign/form/until';
import { t } from '@/i18n';
import { Moment } from '@/rules/Moment';
import { SpanInput } from '@/ui/form/DurationField';
import type { FieldProps } from '@/ui/form/SchemaForm';
import classes from '@/features/campaign/editor.module.css';
import form from '@/ui/form/form.module.css';

/** For how long, until a moment, or until the next time that it is a weekday and an hour; or not at all. */
export function UntilField({ path, label, help, required, value, onChange, ...rest }: FieldProps) {
  const { text, next, ...read } = readUntil(value);
  const [picked, setPicked] = useState<UntilKind>();
  // As long as nothing is written, only who chose knows what it is to be.
  const kind = read.kind === 'next' ? read.kind : (picked ?? read.kind);
  const error = rest.error ?? rest.form.errorAt([...path, 'at']);
  const start = (chosen: string) => {
    setPicked(chosen === 'none' ? undefined : (chosen as UntilKind));
    if (chosen === 'none') onChange(undefined);
    else if (chosen === 'next') onChange({ weekday: 'monday', at: '09:00' });
    else onChange(chosen === 'for' ? '2d' : '');
  };
  return (
    <div className={form.variants} role="group" aria-label={label}>
      <div>
        <span className={classes.fieldLabel}>{label}</span>
        {help !== undefined && <p className={classes.fieldHelp}>{help}</p>}
      </div>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={label}
        data={[
          ...(required ? [] : [{ value: 'none', label: t('until.none') }]),
          { value: 'for', label: t('wait.for') },
          { value: 'until', label: t('wait.until') },
          { value: 'next', label: t('wait.next') },
        ]}
        value={value === undefined ? 'none' : kind}
        onChange={start}
      />
      {value !== undefined && (
        <UntilParts
          kind={kind}
          text={text}
          next={next}
          error={error}
          onText={onChange}
          onNext={(given) => onChange(writeNext(given))}
        />
      )}
    </div>
  );
}

interface PartsProps {
  kind: UntilKind;
  text: string;
  next: Next;
  error: string | undefined;
  onText: (text: string) => void;
  onNext: (next: Next) => void;
}

/** What belongs to each kind of time. */
export function UntilParts({ kind, text, next, error, onText, onNext }: PartsProps) {
  switch (kind) {
    case 'for':
      return <SpanInput label={t('wait.amount')} text={text} error={error} onChange={onText} />;
    case 'until':
      return (
        <Input.Wrapper
          size="xs"
          label={t('schedule.when')}
          labelElement="div"
          description={t('wait.untilHelp')}
          error={error}
        >
          <Moment
            operator="="
            math={false}
            label={t('schedule.when')}
            value={text}
            onChange={(moment) => onText(typeof moment === 'string' ? moment : '')}
          />
        </Input.Wrapper>
      );
    case 'next':
      return (
        <>
          <MultiSelect
            size="xs"
            label={t('schedule.weekday')}
            placeholder={next.weekdays.length === 0 ? t('schedule.everyDay') : undefined}
            data={WEEKDAYS.map((day) => ({ value: day as string, label: t(`day.${day}`) }))}
            value={next.weekdays}
            onChange={(weekdays) => onNext({ ...next, weekdays })}
          />
          <TextInput
            size="xs"
            type="time"
            label={t('schedule.at')}
            error={error}
            value={next.at}
            onChange={({ currentTarget }) => onNext({ ...next, at: currentTarget.value })}
          />
        </>
      );
  }
}
