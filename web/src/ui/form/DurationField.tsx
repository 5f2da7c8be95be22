import { NumberInput, Select, TextInput } from '@mantine/core';
import { t } from '@/i18n';
import { readSpan, SPAN_UNITS, type SpanUnit } from '@/ui/form/duration';
import { resolve } from '@/ui/form/schema';
import type { FieldProps } from '@/ui/form/SchemaForm';
import classes from '@/ui/form/form.module.css';

/** A setting that is a length of time. */
export function DurationField({
  label,
  help,
  schema,
  required,
  value,
  form,
  ...props
}: FieldProps) {
  const fallback = resolve(schema, form.root).default;
  return (
    <SpanInput
      label={label}
      help={help}
      required={required}
      fallback={typeof fallback === 'string' ? fallback : undefined}
      text={typeof value === 'string' ? value : ''}
      error={props.error}
      onChange={(text) => props.onChange(text === '' ? undefined : text)}
    />
  );
}

interface Props {
  label: string;
  help?: string | undefined;
  required?: boolean;
  /** The length when none is given. */
  fallback?: string | undefined;
  /** The unit that is offered while no length is given, where that is none of its own. */
  unit?: SpanUnit;
  text: string;
  error: string | undefined;
  /** With an empty text where the length is taken away. */
  onChange: (text: string) => void;
}

/** `3d` as a number and a unit; what is more than that stays a text. */
export function SpanInput({
  label,
  help,
  required = false,
  fallback,
  unit: offered,
  text,
  error,
  onChange,
}: Props) {
  const span = readSpan(text);
  if (span === undefined) {
    return (
      <TextInput
        size="xs"
        label={label}
        description={help ?? '3d, 12h, 1d12h'}
        error={error}
        value={text}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
    );
  }
  const standard = text === '' && fallback !== undefined ? readSpan(fallback) : undefined;
  const unit =
    (text === '' && standard === undefined ? offered : undefined) ?? (standard ?? span).unit;
  return (
    <div className={classes.span}>
      <NumberInput
        size="xs"
        label={label}
        description={help}
        withAsterisk={required}
        min={1}
        allowDecimal={false}
        error={error}
        placeholder={standard === undefined ? undefined : String(standard.amount)}
        value={text === '' ? '' : span.amount}
        onChange={(amount) => onChange(typeof amount === 'number' ? `${amount}${unit}` : '')}
      />
      <Select
        size="xs"
        aria-label={t('form.unitOf', { label })}
        allowDeselect={false}
        data={SPAN_UNITS.map((value) => ({ value, label: t(`span.${value}`) }))}
        value={unit}
        onChange={(next) =>
          next !== null &&
          onChange(`${text === '' ? (standard ?? span).amount : span.amount}${next}`)
        }
      />
    </div>
  );
}
