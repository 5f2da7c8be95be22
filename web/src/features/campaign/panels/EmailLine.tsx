import { Button, Menu, Textarea, TextInput } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useRef, type RefObject } from 'react';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

/** Fields offered at once; the others can be typed. */
const OFFERED_MAX = 40;

interface Props {
  label: string;
  help?: string;
  placeholder?: string;
  value: string;
  paths: string[];
  error: string | undefined;
  long?: boolean;
  code?: boolean;
  onWrite: (value: string) => void;
}

/** A part of a message, with the fields of the person that are there at this activity. */
export function EmailLine(props: Props) {
  const { label, help, placeholder, value, paths, error, long = false, code = false } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const line = useRef<HTMLInputElement>(null);
  const field: RefObject<HTMLInputElement | HTMLTextAreaElement | null> = long ? area : line;
  const shared = {
    size: 'xs' as const,
    label,
    description: help,
    placeholder,
    error,
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
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button
            className={classes.insertField}
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconBraces size={12} />}
            aria-label={t('email.insertInto', { label })}
            disabled={paths.length === 0}
          >
            {t('email.insert')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflow: 'auto' }}>
          {paths.slice(0, OFFERED_MAX).map((path) => (
            <Menu.Item
              key={path}
              onClick={() => props.onWrite(inserted(field.current, value, path))}
            >
              {path}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
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
