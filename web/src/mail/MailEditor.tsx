import { Button, Modal, SegmentedControl, Tabs, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSend } from '@tabler/icons-react';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import {
  useContentCheck,
  type ContentProblem,
  type Message,
  type Place,
  type RowsAsked,
} from '@/api/contents';
import { useDocuments } from '@/api/documents';
import { ChecksPanel } from '@/mail/ChecksPanel';
import { isDesignable } from '@/mail/designerText';
import { FieldPicker } from '@/mail/FieldPicker';
import { MailPreview, PREVIEW_START, type PreviewState } from '@/mail/MailPreview';
import { ProofDialog } from '@/mail/ProofDialog';
import type { MailView } from '@/mail/views';
import { t } from '@/i18n';
import { LoadingRows } from '@/ui/states';
import classes from '@/mail/mail.module.css';

const Designer = lazy(() => import('@/mail/designer/Designer'));
const MailCode = lazy(() => import('@/mail/MailCode'));

/** How long nothing changes before a message is checked and rendered anew. */
const SETTLE_MS = 400;

type Insert = (text: string) => void;

interface Props {
  message: Message;
  onChange: (part: Message, word: string) => void;
  /** The message as the document of a content, for whoever checks and renders it. */
  document: object;
  /** Whose values are shown; none where nobody knows. */
  rows: RowsAsked | undefined;
  channel: string | undefined;
  view: MailView;
  onView: (view: MailView) => void;
  /** A piece for other messages has no subject, and is sent to nobody. */
  isFragment?: boolean;
}

/** A message with everything to write it: by hand on the message, as code, with fields, checked and seen. */
export function MailEditor(props: Props) {
  const { message, onChange, document, rows, channel, isFragment = false } = props;
  const format = message.mjml === undefined ? 'html' : 'mjml';
  const body = message[format] ?? '';
  const designable = format === 'mjml' && isDesignable(body);
  const view = props.view === 'design' && !designable ? 'code' : props.view;
  const channels = useChannels();
  const [shownChannel, setShownChannel] = useState(channel);
  const [preview, setPreview] = useState<PreviewState>(PREVIEW_START);
  const [proofing, setProofing] = useState(false);
  const [picking, setPicking] = useState<Insert>();
  const [part, setPart] = useState<'body' | 'text'>('body');
  const [target, setTarget] = useState<Place>();
  const insert = useRef<Insert>(undefined);
  const [settled] = useDebouncedValue(document, SETTLE_MS);
  const check = useContentCheck(settled, channel ?? shownChannel);
  const problems = useMemo(() => check.data?.problems ?? [], [check.data]);
  const ofPart = useMemo(
    () => problems.filter(({ pointer }) => pointer === (part === 'text' ? '/text' : `/${format}`)),
    [problems, part, format],
  );
  const askField = (write: Insert) => setPicking(() => write);
  const go = ({ pointer, within }: ContentProblem) => {
    if (pointer !== '/text' && pointer !== `/${format}`) return;
    setPart(pointer === '/text' ? 'text' : 'body');
    if (view === 'design' || view === 'preview') props.onView('code');
    if (within !== undefined) setTarget({ ...within });
  };

  const design = (
    <Suspense fallback={<LoadingRows rows={8} label={t('common.loading')} />}>
      <Designer
        mjml={body}
        narrow={view === 'both'}
        onChange={(mjml) => onChange({ mjml }, 'design')}
        onInsertField={askField}
      />
    </Suspense>
  );
  const code = (
    <div className={classes.codeSide}>
      <SegmentedControl
        size="xs"
        aria-label={t('message.part')}
        value={part}
        onChange={(next) => setPart(next === 'text' ? 'text' : 'body')}
        data={[
          { value: 'body', label: format.toUpperCase() },
          { value: 'text', label: t('email.text') },
        ]}
      />
      {part === 'text' && <p className={classes.help}>{t('email.textHelp')}</p>}
      <Suspense fallback={<LoadingRows rows={8} label={t('common.loading')} />}>
        <MailCode
          key={part}
          label={
            part === 'text' ? t('email.text') : t('mail.code', { format: format.toUpperCase() })
          }
          language={part === 'text' ? 'text' : 'html'}
          value={part === 'text' ? (message.text ?? '') : body}
          problems={ofPart}
          target={target}
          onChange={(text) =>
            onChange(
              part === 'text' ? { text: text === '' ? undefined : text } : { [format]: text },
              part,
            )
          }
          onFocus={(write) => (insert.current = write)}
        />
      </Suspense>
    </div>
  );
  const seen = (
    <MailPreview
      document={settled}
      rows={rows}
      channel={channel ?? shownChannel}
      channels={channels}
      onChannel={channel === undefined ? setShownChannel : undefined}
      state={preview}
      onState={(next) => setPreview((former) => ({ ...former, ...next }))}
    />
  );

  return (
    <div className={classes.editor}>
      <div className={classes.head}>
        {!isFragment && (
          <div className={classes.lines}>
            <Line
              label={t('email.subject')}
              value={message.subject ?? ''}
              problem={problems.find(({ pointer }) => pointer === '/subject')}
              onChange={(subject) => onChange({ subject }, 'subject')}
              onFocus={(write) => (insert.current = write)}
            />
            <Line
              label={t('email.preheader')}
              placeholder={t('mail.preheaderHelp')}
              value={message.preheader ?? ''}
              problem={problems.find(({ pointer }) => pointer === '/preheader')}
              onChange={(next) =>
                onChange({ preheader: next === '' ? undefined : next }, 'preheader')
              }
              onFocus={(write) => (insert.current = write)}
            />
          </div>
        )}
        <div className={classes.tools}>
          <SegmentedControl
            size="xs"
            aria-label={t('mail.view')}
            value={view}
            onChange={(next) => props.onView(next as MailView)}
            data={[
              { value: 'design', label: t('mail.design'), disabled: !designable },
              { value: 'code', label: t('mail.asCode') },
              { value: 'both', label: t('mail.both') },
              { value: 'preview', label: t('mail.preview') },
            ]}
          />
          {!isFragment && (
            <Tooltip label={t('proof.needsRows')} disabled={rows !== undefined}>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconSend size={15} />}
                disabled={rows === undefined || channels.length === 0}
                onClick={() => setProofing(true)}
              >
                {t('proof.open')}
              </Button>
            </Tooltip>
          )}
        </div>
      </div>
      <div className={classes.body}>
        <div className={classes.work}>
          {view === 'design' && design}
          {view === 'code' && code}
          {view === 'both' && (
            <div className={classes.sideBySide}>
              {designable ? design : seen}
              {code}
            </div>
          )}
          {view === 'preview' && seen}
        </div>
        <Tabs defaultValue="fields" className={classes.aid} keepMounted={false}>
          <Tabs.List grow>
            <Tabs.Tab value="fields">{t('mail.fields')}</Tabs.Tab>
            <Tabs.Tab value="checks">
              {t('mail.checks')}
              <Count problems={problems} />
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="fields" className={classes.helpBody}>
            <p className={classes.help}>{t('mail.fieldsHelp')}</p>
            <FieldPicker rows={rows} onPick={(text) => insert.current?.(text)} />
          </Tabs.Panel>
          <Tabs.Panel value="checks" className={classes.helpBody}>
            <ChecksPanel problems={problems} bytes={check.data?.html_bytes ?? 0} onGo={go} />
          </Tabs.Panel>
        </Tabs>
      </div>
      {picking !== undefined && (
        <Modal opened onClose={() => setPicking(undefined)} title={t('email.insert')} size={420}>
          <FieldPicker
            rows={rows}
            onPick={(text) => {
              picking(text);
              setPicking(undefined);
            }}
          />
        </Modal>
      )}
      {proofing && rows !== undefined && (
        <ProofDialog
          document={document}
          rows={rows}
          offset={preview.offset}
          channel={channel ?? shownChannel}
          channels={channels}
          onClose={() => setProofing(false)}
        />
      )}
    </div>
  );
}

function Count({ problems }: { problems: ContentProblem[] }) {
  if (problems.length === 0) return null;
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return (
    <span className={classes.count} data-bad={errors > 0}>
      {errors > 0 ? errors : problems.length}
    </span>
  );
}

/** One line of the message's head, with its trouble below it. */
function Line({
  label,
  value,
  placeholder,
  problem,
  onChange,
  onFocus,
}: {
  label: string;
  value: string;
  placeholder?: string;
  problem: ContentProblem | undefined;
  onChange: (value: string) => void;
  onFocus: (insert: Insert) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  const write = (text: string) => {
    const { current } = field;
    if (current === null) return;
    const from = current.selectionStart ?? current.value.length;
    const to = current.selectionEnd ?? from;
    onChange(current.value.slice(0, from) + text + current.value.slice(to));
    current.focus();
  };
  return (
    <TextInput
      ref={field}
      size="sm"
      label={label}
      placeholder={placeholder}
      value={value}
      error={problem?.severity === 'error' ? problem.message : undefined}
      onFocus={() => onFocus(write)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function useChannels(): { value: string; label: string }[] {
  const { data = [] } = useDocuments('channel');
  return data.map(({ name, label }) => ({ value: name, label: label ?? name }));
}
