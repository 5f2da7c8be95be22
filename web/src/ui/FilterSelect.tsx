import { MultiSelect, Select } from '@mantine/core';

interface Props {
  label: string;
  /** What is shown where nothing is chosen. */
  any: string;
  value: string | undefined;
  data: string[] | { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
  width?: number;
  searchable?: boolean;
}

/** One of the choices that a list is narrowed by; taken back by its cross. */
export function FilterSelect({
  label,
  any,
  value,
  data,
  onChange,
  width = 160,
  searchable,
}: Props) {
  return (
    <Select
      aria-label={label}
      placeholder={any}
      w={width}
      clearable
      searchable={searchable}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      data={data}
    />
  );
}

interface ManyProps extends Omit<Props, 'value' | 'onChange'> {
  value: string[];
  onChange: (value: string[]) => void;
}

/** Several of the choices that a list is narrowed by. */
export function FilterMany({ label, any, value, data, onChange, width = 200 }: ManyProps) {
  return (
    <MultiSelect
      aria-label={label}
      placeholder={value.length === 0 ? any : undefined}
      miw={width}
      maw={width * 1.8}
      clearable
      searchable
      hidePickedOptions
      value={value}
      onChange={onChange}
      data={data}
    />
  );
}

/** What there is to choose from, each once. */
export function choicesOf(values: string[]): string[] {
  return [...new Set(values)].sort();
}
