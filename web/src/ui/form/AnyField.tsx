import { Textarea } from '@mantine/core';
import type { FieldProps } from '@/ui/form/SchemaForm';

/** What nobody has said anything of, as JSON. */
export function AnyField({ label, help, value, onChange, error }: FieldProps) {
  const text =
    value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <Textarea
      key={text}
      data-any
      label={label}
      description={help}
      error={error}
      size="xs"
      autosize
      minRows={1}
      maxRows={12}
      styles={{ input: { fontFamily: 'var(--t-font-mono)' } }}
      defaultValue={text}
      onBlur={({ currentTarget }) => onChange(readLoosely(currentTarget.value))}
    />
  );
}

/** JSON where it is some, else the text itself; nothing for nothing. */
function readLoosely(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
