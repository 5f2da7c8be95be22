import { Button, Menu, SegmentedControl, Textarea, TextInput } from '@mantine/core';
import { IconBraces, IconEye, IconPencil } from '@tabler/icons-react';
import { useRef, useState, type RefObject } from 'react';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { t } from '@/i18n';
import { HtmlFrame } from '@/ui/HtmlFrame';
import classes from '@/features/campaign/editor.module.css';

/** Fields offered at once; the others can be typed. */
const OFFERED_MAX = 40;

type Part = 'subject' | 'preheader' | 'html' | 'text';

/** A message: its own words, or those of a content document. */
export function EmailPanel({ activity, set, rest, paths, errorAt }: PanelProps) {
  const own = activity.content === undefined;
  const text = (part: Part) => (typeof activity[part] === 'string' ? activity[part] : '');
  const write = (part: Part, value: string) =>
    set(
      { [part]: value === '' && part !== 'subject' && part !== 'html' ? undefined : value },
      `${activity.id} ${part}`,
    );
  const line = (part: Part) => ({
    value: text(part),
    paths,
    error: errorAt([part]),
    onWrite: (value: string) => write(part, value),
  });
  return (
    <div className={classes.stack}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('email.source')}
        value={own ? 'own' : 'content'}
        onChange={(next) =>
          set(
            next === 'own'
              ? { content: undefined, subject: '', html: '' }
              : {
                  content: '',
                  subject: undefined,
                  preheader: undefined,
                  html: undefined,
                  text: undefined,
                },
          )
        }
        data={[
          { value: 'own', label: t('email.own') },
          { value: 'content', label: t('email.content') },
        ]}
      />
      {own && (
        <>
          <Line {...line('subject')} label={t('email.subject')} placeholder="{{ first_name }}, …" />
          <Line {...line('preheader')} label={t('email.preheader')} />
          <Body {...line('html')} label={t('email.html')} />
          <Line {...line('text')} label={t('email.text')} help={t('email.textHelp')} long />
        </>
      )}
      {rest(
        own
          ? ['subject', 'preheader', 'html', 'text', 'content']
          : ['subject', 'preheader', 'html', 'text'],
      )}
    </div>
  );
}

interface LineProps {
  label: string;
  help?: string;
  placeholder?: string;
  value: string;
  paths: string[];
  error: string | undefined;
  long?: boolean;
  onWrite: (value: string) => void;
}

function Line({ label, help, placeholder, value, paths, error, long = false, onWrite }: LineProps) {
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
      onWrite(currentTarget.value),
  };
  return (
    <div className={classes.withInsert}>
      {long ? (
        <Textarea {...shared} ref={area} autosize minRows={2} maxRows={10} />
      ) : (
        <TextInput {...shared} ref={line} />
      )}
      <Insert
        label={label}
        paths={paths}
        onPick={(path) => onWrite(inserted(field.current, value, path))}
      />
    </div>
  );
}

/** The message as text and as it looks. */
function Body({ label, value, paths, error, onWrite }: LineProps) {
  const [looking, setLooking] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  return (
    <div className={classes.withInsert}>
      <div className={classes.ruleHead}>
        <label className={classes.fieldLabel} htmlFor="email-html">
          {label}
        </label>
        <Button
          size="compact-xs"
          variant="light"
          leftSection={looking ? <IconPencil size={13} /> : <IconEye size={13} />}
          onClick={() => setLooking(!looking)}
        >
          {looking ? t('email.write') : t('email.look')}
        </Button>
      </div>
      {looking ? (
        <div className={classes.mailPreview}>
          <HtmlFrame html={value} title={t('email.preview')} />
        </div>
      ) : (
        <>
          <Textarea
            ref={area}
            id="email-html"
            size="xs"
            autosize
            minRows={8}
            maxRows={22}
            spellCheck={false}
            classNames={{ input: classes.mono }}
            placeholder="<p>Hello {{ first_name | default('there') }}</p>"
            error={error}
            value={value}
            onChange={({ currentTarget }) => onWrite(currentTarget.value)}
          />
          <Insert
            label={label}
            paths={paths}
            onPick={(path) => onWrite(inserted(area.current, value, path))}
          />
        </>
      )}
    </div>
  );
}

/** Fields of the person that are there at this activity. */
function Insert({
  label,
  paths,
  onPick,
}: {
  label: string;
  paths: string[];
  onPick: (path: string) => void;
}) {
  return (
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
          <Menu.Item key={path} onClick={() => onPick(path)}>
            {path}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
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
