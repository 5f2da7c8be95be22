import { Textarea, TextInput } from '@mantine/core';
import { useRef, type RefObject } from 'react';
import { t } from '@/i18n';
import type { FieldChoice } from '@/ui/fieldChoices';
import { FieldMenu } from '@/ui/FieldPicker';
import classes from '@/features/campaign/editor.module.css';

interface Props {
  label: string;
  help?: string | undefined;
  placeholder?: string;
  required?: boolean;
  value: string;
  /** What can stand between its braces. */
  fields: FieldChoice[];
  error: string | undefined;
  long?: boolean;
  code?: boolean;
  onWrite: (value: string) => void;
}

/** A text with fields in it, found by what they are called and put where the cursor is. */
export function EmailLine(props: Props) {
  const { label, help, placeholder, value, fields, error, long = false, code = false } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const line = useRef<HTMLInputElement>(null);
  const field: RefObject<HTMLInputElement | HTMLTextAreaElement | null> = long ? area : line;
  const shared = {
    size: 'xs' as const,
    label,
    description: help,
    placeholder,
    error,
    withAsterisk: props.required ?? false,
    value,
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      props.onWrite(currentTarget.value),
  };
  return (
    <div className={classes.withInsert}>
      {long ? (
        <Textarea
          {...shared}
          ref={area}
          autosize
          minRows={code ? 8 : 2}
          maxRows={code ? 22 : 10}
          spellCheck={!code}
          {...(code && { classNames: { input: classes.mono } })}
        />
      ) : (
        <TextInput {...shared} ref={line} />
      )}
      <FieldMenu
        className={classes.insertField}
        word={t('email.insert')}
        label={t('email.insertInto', { label })}
        choices={fields}
        onPick={(path) => props.onWrite(inserted(field.current, value, path))}
      />
    </div>
  );
}

/** The text with a field where the cursor was. */
function inserted(
  field: HTMLInputElement | HTMLTextAreaElement | null,
  value: string,
  path: string,
): string {
  const at = field?.selectionStart ?? value.length;
  return `${value.slice(0, at)}{{ ${path} }}${value.slice(field?.selectionEnd ?? at)}`;
}
