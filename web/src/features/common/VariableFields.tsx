import { Select, Stack, TextInput } from '@mantine/core';
import type { RunMode } from '@/api/types';
import { valueIn, type Variable } from '@/features/common/launching';
import { humanize, typeWords } from '@/ui/format';
import { t } from '@/i18n';

interface Props {
  variables: Variable[];
  mode: RunMode;
  given: Record<string, string>;
  onChange: (given: Record<string, string>) => void;
}

/** Values for a run, each by its type; what is left empty is as the campaign says. */
export function VariableFields({ variables, mode, given, onChange }: Props) {
  if (variables.length === 0) return null;
  return (
    <Stack gap="xs" role="group" aria-label={t('run.variables')}>
      {variables.map((variable) => (
        <VariableField
          key={variable.name}
          variable={variable}
          mode={mode}
          value={given[variable.name] ?? ''}
          onChange={(text) => {
            const { [variable.name]: _former, ...rest } = given;
            onChange(text === '' ? rest : { ...rest, [variable.name]: text });
          }}
        />
      ))}
    </Stack>
  );
}

interface FieldProps {
  variable: Variable;
  mode: RunMode;
  value: string;
  onChange: (text: string) => void;
}

function VariableField({ variable, mode, value, onChange }: FieldProps) {
  const { name, type, needed } = variable;
  const own = valueIn(mode, variable);
  const shared = {
    size: 'sm',
    label: humanize(name),
    withAsterisk: needed && own === '',
    description:
      own === ''
        ? t('variable.none', { type: typeWords(type) })
        : t('variable.own', { type: typeWords(type), value: shown(type, own) }),
  };
  if (type === 'boolean') {
    return (
      <Select
        {...shared}
        clearable
        placeholder={own === '' ? undefined : shown(type, own)}
        data={['true', 'false'].map((each) => ({ value: each, label: shown(type, each) }))}
        value={value === '' ? null : value}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      type={FIELD_TYPES[type] ?? 'text'}
      inputMode={/^(integer|number|decimal)/.test(type) ? 'decimal' : undefined}
      placeholder={own}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

const FIELD_TYPES: Record<string, string> = { date: 'date', timestamp: 'datetime-local' };

function shown(type: string, value: string): string {
  return type === 'boolean' ? t(value === 'true' ? 'common.yes' : 'common.no') : value;
}
