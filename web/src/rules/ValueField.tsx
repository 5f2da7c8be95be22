import { Input, Select } from '@mantine/core';
import { t } from '@/i18n';
import { fitValue, firstValue, type ColumnKind, type Scope } from '@/rules/scope';
import { ValueEditor } from '@/rules/ValueEditor';
import classes from '@/rules/rules.module.css';

interface Props {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  /** What kind of value it is; without it, that can be chosen. */
  kind?: ColumnKind | undefined;
  choices?: string[] | undefined;
  /** Whether it is a list of such values. */
  many?: boolean;
  scope?: Scope | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}

const KINDS = ['text', 'number', 'boolean', 'timestamp'] as const;

/** A constant: a text, a number, yes or no, a moment, or several of them. */
export function ValueField(props: Props) {
  const { label, help, error, required = false, choices, many = false, scope, value } = props;
  const kind = props.kind ?? kindOfValue(value);
  const change = (next: unknown) => props.onChange(isNone(next) && !required ? undefined : next);
  return (
    <Input.Wrapper
      size="xs"
      label={label}
      labelElement="div"
      description={help}
      error={error}
      withAsterisk={required}
    >
      <div className={classes.constant}>
        {props.kind === undefined && (
          <Select
            size="xs"
            w={108}
            aria-label={t('rules.kindOf', { label })}
            allowDeselect={false}
            data={KINDS.map((each) => ({ value: each as string, label: t(`rules.type.${each}`) }))}
            value={kind}
            onChange={(next) =>
              next !== null && props.onChange(many ? [] : firstValue(next as ColumnKind))
            }
          />
        )}
        <ValueEditor
          kind={kind}
          operator={many ? 'in' : '='}
          source="value"
          label={label}
          value={many ? fitValue('in', kind, value) : value}
          choices={choices}
          {...(scope !== undefined && { scope })}
          onChange={change}
        />
      </div>
    </Input.Wrapper>
  );
}

function isNone(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** What kind of value stands there. */
export function kindOfValue(value: unknown): ColumnKind {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one === 'number') return 'number';
  if (typeof one === 'boolean') return 'boolean';
  if (typeof one !== 'string') return 'text';
  return /^(now\b|\d{4}-\d\d-\d\d)/.test(one) ? 'timestamp' : 'text';
}
