import { Alert, Button, Group, Menu, SegmentedControl, Select } from '@mantine/core';
import {
  IconAlertTriangle,
  IconExternalLink,
  IconLayoutBoard,
  IconPencil,
  IconTemplate,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useContents, useForgetContents, type Message } from '@/api/contents';
import { applyDocuments } from '@/api/documents';
import type { PanelProps } from '@/features/campaign/ActivityForm';
import { EmailLine } from '@/features/campaign/panels/EmailLine';
import { nameFrom } from '@/ui/names';
import { DesignThumb } from '@/mail/DesignThumb';
import { designMessage, DESIGNS, greeting } from '@/mail/designs';
import { t } from '@/i18n';
import { sentence } from '@/ui/format';
import classes from '@/features/campaign/editor.module.css';

const MessageDialog = lazy(async () => ({
  default: (await import('@/features/campaign/panels/MessageDialog')).MessageDialog,
}));
const PARTS = ['subject', 'preheader', 'html', 'mjml', 'text'] as const;
type Part = (typeof PARTS)[number];
const NO_MESSAGE: Record<Part, undefined> = {
  subject: undefined,
  preheader: undefined,
  html: undefined,
  mjml: undefined,
  text: undefined,
};

/** A message: its own words, or those of a content. */
export function EmailPanel(props: PanelProps) {
  const { activity, set, rest } = props;
  const own = activity.content === undefined;
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
              : { ...NO_MESSAGE, content: '' },
          )
        }
        data={[
          { value: 'own', label: t('email.own') },
          { value: 'content', label: t('email.content') },
        ]}
      />
      {own ? <OwnMessage {...props} /> : <ContentChoice {...props} />}
      {rest([...PARTS, 'content'])}
    </div>
  );
}

/** The message that the activity has of its own. */
function OwnMessage({ activity, set, fields, errorAt, editor }: PanelProps) {
  const [open, setOpen] = useState(false);
  const message = messageOf(activity);
  const isDesign = message.mjml !== undefined;
  const isEmpty = !isDesign && (message.html ?? '') === '';
  const write = (part: Message, word: string) => set({ ...part }, `${activity.id} ${word}`);
  const line = (part: 'subject' | 'preheader') => ({
    value: message[part] ?? '',
    fields,
    error: errorAt([part]),
    onWrite: (value: string) =>
      write({ [part]: value === '' && part !== 'subject' ? undefined : value }, part),
  });
  const start = (design: (typeof DESIGNS)[number]) => {
    const made = designMessage(design, greeting(fields.map(({ path }) => path)));
    const subject = (message.subject ?? '') === '' ? made.subject : message.subject;
    set({ ...NO_MESSAGE, ...made, subject });
    setOpen(true);
  };
  return (
    <>
      <EmailLine
        {...line('subject')}
        label={t('email.subject')}
        placeholder="{{ first_name }}, …"
      />
      <EmailLine {...line('preheader')} label={t('email.preheader')} />
      {isDesign ? (
        <p className={classes.fieldHelp}>{t('email.mjml')}</p>
      ) : (
        <EmailLine
          label={t('email.html')}
          placeholder="<p>Hello {{ first_name | default('there') }}</p>"
          long
          code
          value={message.html ?? ''}
          fields={fields}
          error={errorAt(['html'])}
          onWrite={(html) => write({ html }, 'html')}
        />
      )}
      {errorAt(['mjml']) !== undefined && (
        <span className={classes.fieldError}>{sentence(errorAt(['mjml']) ?? '')}</span>
      )}
      <Group gap={8}>
        <Button
          size="xs"
          variant={isDesign ? 'filled' : 'light'}
          leftSection={isDesign ? <IconLayoutBoard size={15} /> : <IconPencil size={15} />}
          onClick={() => setOpen(true)}
        >
          {t('email.open')}
        </Button>
        {isEmpty && (
          <Menu position="bottom-start" width={230}>
            <Menu.Target>
              <Button size="xs" leftSection={<IconTemplate size={15} />}>
                {t('email.design')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown mah={420} style={{ overflow: 'auto' }}>
              {DESIGNS.map((design) => (
                <Menu.Item key={design} onClick={() => start(design)}>
                  <DesignThumb design={design} />
                  {t(`contents.start.${design}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      {!isEmpty && <MakeContent activity={activity} set={set} message={message} editor={editor} />}
      {open && (
        <Suspense>
          <MessageDialog
            activity={activity}
            campaign={editor.document.name}
            message={message}
            onChange={write}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
}

/** Turns the activity's message into a content, which other campaigns can send too. */
function MakeContent({
  activity,
  set,
  message,
  editor,
}: Pick<PanelProps, 'activity' | 'set' | 'editor'> & { message: Message }) {
  const [error, setError] = useState<string>();
  const contents = useContents().data ?? [];
  const forget = useForgetContents();
  const make = async () => {
    setError(undefined);
    const taken = contents.filter(({ kind }) => kind === 'content').map(({ name }) => name);
    const label = `${editor.document.label ?? editor.document.name}: ${activity.label ?? activity.id}`;
    const name = nameFrom(`${editor.document.name} ${activity.id}`, taken);
    try {
      await applyDocuments([{ kind: 'content', name, label, ...message }]);
      await forget();
      set({ ...NO_MESSAGE, content: name });
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="gray"
        leftSection={<IconTemplate size={13} />}
        style={{ alignSelf: 'flex-start' }}
        onClick={() => void make()}
      >
        {t('email.newContent')}
      </Button>
      {error !== undefined && (
        <Alert
          color="red"
          icon={<IconAlertTriangle size={16} />}
          title={t('contents.createFailed')}
        >
          {sentence(error)}
        </Alert>
      )}
    </>
  );
}

/** A content among those that there are. */
function ContentChoice({ activity, set, errorAt }: PanelProps) {
  const contents = (useContents().data ?? []).filter(({ kind }) => kind === 'content');
  const name = typeof activity.content === 'string' ? activity.content : '';
  const chosen = contents.find((each) => each.name === name);
  return (
    <>
      <Select
        size="xs"
        label={t('email.chooseContent')}
        searchable
        error={errorAt(['content'])}
        placeholder={contents.length === 0 ? t('email.noContents') : undefined}
        data={contents.map((each) => ({ value: each.name, label: each.label ?? each.name }))}
        value={name === '' ? null : name}
        onChange={(next) => set({ content: next ?? '' }, `${activity.id} content`)}
      />
      {chosen?.subject !== undefined && <p className={classes.fieldHelp}>{chosen.subject}</p>}
      {chosen !== undefined && (
        <Button
          size="xs"
          variant="light"
          leftSection={<IconExternalLink size={15} />}
          renderRoot={(root) => (
            <Link {...root} to="/contents/$kind/$name" params={{ kind: 'content', name }} />
          )}
        >
          {t('email.editContent')}
        </Button>
      )}
    </>
  );
}

function messageOf(activity: PanelProps['activity']): Message {
  const parts = PARTS.flatMap((part) => {
    const value = activity[part];
    return typeof value === 'string' ? [[part, value] as const] : [];
  });
  return Object.fromEntries(parts);
}
