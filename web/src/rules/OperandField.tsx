import { ActionIcon, Input, TextInput, Tooltip } from '@mantine/core';
import { IconMathFunction, IconTable } from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '@/i18n';
import { ExpressionField } from '@/rules/ExpressionField';
import { fieldChoices } from '@/rules/fields';
import { isExpression, operandText, type Operand } from '@/rules/operand';
import { kindOf, follow, type Scope } from '@/rules/scope';
import { FieldPicker } from '@/ui/FieldPicker';
import classes from '@/rules/rules.module.css';

interface Props {
  label: string;
  quiet?: boolean;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  placeholder?: string | undefined;
  /** Whose fields are offered; without it, paths can be typed. */
  scope: Scope | undefined;
  value: Operand | undefined;
  onChange: (value: Operand | undefined) => void;
}

/** A field that is chosen, or an expression that is written in its place. */
export function OperandField(props: Props) {
  const { label, quiet = false, help, error, required = false, scope, value, onChange } = props;
  const [writing, setWriting] = useState(false);
  const writes = writing || isExpression(value);
  const text = operandText(value);
  const write = () => {
    setWriting(true);
    onChange({ expression: text });
  };
  const choose = () => {
    setWriting(false);
    const field = scope !== undefined && follow(scope, text)?.column !== undefined ? text : '';
    onChange(field === '' && !required ? undefined : field);
  };
  const way = writes ? t('operand.choose') : t('operand.write');
  return (
    <div className={classes.operand}>
      <div className={classes.operandValue}>
        {writes ? (
          <Input.Wrapper
            size="xs"
            label={quiet ? undefined : label}
            labelElement="div"
            description={help}
            error={error}
            withAsterisk={required}
          >
            {scope === undefined ? (
              <TextInput
                size="xs"
                aria-label={label}
                value={text}
                onChange={({ currentTarget }) => onChange({ expression: currentTarget.value })}
              />
            ) : (
              <ExpressionField
                scope={scope}
                label={label}
                placeholder={props.placeholder ?? 'lower(email)'}
                value={text}
                onChange={(expression) => onChange({ expression })}
              />
            )}
          </Input.Wrapper>
        ) : (
          <FieldPicker
            label={label}
            quiet={quiet}
            help={help}
            error={error}
            required={required}
            clearable={!required}
            placeholder={props.placeholder}
            choices={fieldChoices(scope)}
            value={text}
            onChange={(path) => onChange(path ?? (required ? '' : undefined))}
          />
        )}
      </div>
      {scope !== undefined && (
        <Tooltip label={way}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            aria-label={`${way}: ${label}`}
            onClick={writes ? choose : write}
          >
            {writes ? <IconTable size={15} /> : <IconMathFunction size={15} />}
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

/** What kind of values an operand has, as far as that is known without asking. */
export function kindOfOperand(scope: Scope | undefined, operand: Operand | undefined) {
  if (scope === undefined || typeof operand !== 'string') return 'text';
  return kindOf(follow(scope, operand)?.column);
}
