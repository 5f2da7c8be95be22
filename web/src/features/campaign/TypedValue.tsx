import { Select, TextInput } from '@mantine/core';
import { textOf } from '@/features/campaign/schedule';
import { t } from '@/i18n';

/** The types of variables and parameters; decimals are written with their digits. */
export const VALUE_TYPES = [
  'string',
  'integer',
  'number',
  'decimal(12,2)',
  'boolean',
  'date',
  'timestamp',
];

interface Props {
  label: string;
  type: string;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** A value of a type; days and times may also be said as date math, such as `now-1d`. */
export function TypedValue({ label, type, value, onChange }: Props) {
  if (type === 'boolean') {
    return (
      <Select
        label={label}
        clearable
        data={[
          { value: 'true', label: t('common.yes') },
          { value: 'false', label: t('common.no') },
        ]}
        value={value === undefined || value === null ? null : String(value)}
        onChange={(next) => onChange(next === null ? undefined : next === 'true')}
      />
    );
  }
  return (
    <TextInput
      label={label}
      placeholder={PLACEHOLDERS[type]}
      value={textOf(value)}
      onChange={({ currentTarget }) => onChange(typed(currentTarget.value, type))}
    />
  );
}

const PLACEHOLDERS: Record<string, string> = { date: '2026-12-01', timestamp: '2026-12-01T09:00' };

/** What is typed as a number where it is one; decimals stay texts, so that no digit is lost. */
export function typed(text: string, type: string): unknown {
  if (text === '') return undefined;
  if (type !== 'integer' && type !== 'number') return text;
  // What is on its way to be a number, such as `1.` or `-`, is not cut short.
  return String(Number(text)) === text ? Number(text) : text;
}
