import {
  Autocomplete,
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  TextInput,
} from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Choice } from '@/features/campaign/form/useKnown';
import { t } from '@/i18n';
import { typeWords } from '@/ui/format';
import { resolve } from '@/ui/form/schema';
import type { FieldProps } from '@/ui/form/SchemaForm';
import form from '@/ui/form/form.module.css';

type WithChoices = FieldProps & { data: Choice[] };

/** The name of something that is there. */
export function NameField(props: WithChoices) {
  const { label, help, required, value, onChange, error, data, schema } = props;
  const fallback = resolve(schema, props.form.root).default;
  const given = typeof value === 'string' && value !== '' ? value : undefined;
  const current = given ?? (typeof fallback === 'string' ? fallback : null);
  return (
    <Select
      size="xs"
      label={label}
      description={help}
      error={error}
      searchable
      clearable={!required && fallback === undefined}
      allowDeselect={false}
      withAsterisk={required}
      placeholder={t('form.choose')}
      nothingFoundMessage={t('form.nothing')}
      data={withOwn(data, current === null ? [] : [current])}
      value={current}
      onChange={(next) =>
        onChange(next === fallback && !required ? undefined : (next ?? undefined))
      }
    />
  );
}

/** Several such names; none where none is chosen. */
export function NamesField({ label, help, required, value, onChange, error, data }: WithChoices) {
  const values = Array.isArray(value) ? (value as unknown[]).map(String) : [];
  return (
    <MultiSelect
      size="xs"
      label={label}
      description={help}
      error={error}
      searchable
      withAsterisk={required}
      placeholder={values.length === 0 ? t('form.choose') : undefined}
      nothingFoundMessage={t('form.nothing')}
      data={withOwn(data, values)}
      value={values}
      onChange={(next) => onChange(next.length === 0 && !required ? undefined : next)}
    />
  );
}

/** A name that may be new. */
export function NewNameField({ label, help, required, value, onChange, error, data }: WithChoices) {
  const words = new Map(data.map((each) => [each.value, each.label]));
  return (
    <Autocomplete
      size="xs"
      label={label}
      description={help}
      error={error}
      withAsterisk={required}
      data={[...words.keys()]}
      renderOption={({ option }) => words.get(option.value) ?? option.value}
      value={typeof value === 'string' ? value : ''}
      onChange={(next) => onChange(next === '' && !required ? undefined : next)}
    />
  );
}

/** What a setting says that is not among the choices is a choice as well. */
export function withOwn(data: Choice[], chosen: string[]): Choice[] {
  const known = new Set(data.map(({ value }) => value));
  const others = chosen.filter((value) => !known.has(value));
  return [...unique(data), ...[...new Set(others)].map((value) => ({ value, label: value }))];
}

function unique(data: Choice[]): Choice[] {
  return [...new Map(data.map((choice) => [choice.value, choice])).values()];
}

/** The id of an entry that is a port: it changes as a whole, with the transitions that leave by it. */
export function PortField({ label, help, value, onChange, error }: FieldProps) {
  const id = typeof value === 'string' ? value : '';
  const [text, setText] = useState(id);
  const [known, setKnown] = useState(id);
  if (known !== id) {
    setKnown(id);
    setText(id);
  }
  const isWrong = text !== '' && !/^[A-Za-z0-9_-]+$/.test(text);
  const take = () => {
    if (isWrong || text === '') setText(id);
    else if (text !== id) onChange(text);
  };
  return (
    <TextInput
      size="xs"
      label={label}
      description={help}
      withAsterisk
      error={isWrong ? t('panel.idWrong') : error}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
      }}
    />
  );
}

/** All that there is, or what one chooses, which may be nothing. */
export function AllOrChosen({ children, ...props }: FieldProps & { children: ReactNode }) {
  const { label, help, value, onChange } = props;
  const chosen = Array.isArray(value);
  return (
    <div className={form.variants} role="group" aria-label={label}>
      <div>
        <span className={form.label}>{label}</span>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={label}
          data={[
            { value: 'all', label: t('form.all') },
            { value: 'chosen', label: t('form.chosen') },
          ]}
          value={chosen ? 'chosen' : 'all'}
          onChange={(next) => onChange(next === 'all' ? undefined : [])}
        />
        {help !== undefined && <p className={form.help}>{help}</p>}
      </div>
      {chosen && children}
    </div>
  );
}

const TYPES = ['string', 'integer', 'number', 'decimal', 'boolean', 'date', 'timestamp'];
const DECIMAL = /^decimal\((\d+),\s*(\d+)\)$/;

/** The type of a column; of a decimal number also its digits. */
export function ColumnTypeField(props: FieldProps) {
  const { label, value, onChange } = props;
  const [isDecimal, digits, places] = DECIMAL.exec(typeof value === 'string' ? value : '') ?? [];
  const number = (word: string, shown: string | undefined, write: (next: number) => string) => (
    <NumberInput
      size="xs"
      label={word}
      min={0}
      max={38}
      allowDecimal={false}
      value={Number(shown)}
      onChange={(next) => typeof next === 'number' && onChange(write(next))}
    />
  );
  return (
    <div className={form.variants}>
      <NameField
        {...props}
        data={TYPES.map((type) => ({ value: type, label: typeWords(type) }))}
        value={isDecimal === undefined ? value : 'decimal'}
        onChange={(next) => onChange(next === 'decimal' ? 'decimal(12,2)' : next)}
      />
      {isDecimal !== undefined && (
        <div className={form.pair} role="group" aria-label={label}>
          {number(t('form.digits'), digits, (next) => `decimal(${next},${places})`)}
          {number(t('form.places'), places, (next) => `decimal(${digits},${next})`)}
        </div>
      )}
    </div>
  );
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')].map((value) => ({
  value,
  label: value,
}));

export function TimeZoneField(props: FieldProps) {
  return <NameField {...props} data={ZONES} />;
}
