import { Select } from '@mantine/core';

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

/** What there is to choose from, each once. */
export function choicesOf(values: string[]): string[] {
  return [...new Set(values)].sort();
}
