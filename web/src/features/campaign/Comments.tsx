import {
  ActionIcon,
  Button,
  Group,
  Select,
  Stack,
  Switch,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core';
import { IconCheck, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { useComments, useCommentWork, type Comment, type NewComment } from '@/api/library';
import type { CampaignDocument } from '@/api/types';
import { NAME_KEPT_UNDER } from '@/api/who';
import { t } from '@/i18n';
import { formatAgo, formatTime, humanize, sentence } from '@/ui/format';
import { Tag } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import { useNow } from '@/ui/useNow';
import classes from '@/features/campaign/comments.module.css';

interface Props {
  document: CampaignDocument;
  /** The activity that is chosen on the canvas. */
  activity: string | undefined;
}

export function Comments({ document, activity }: Props) {
  const comments = useComments(document.name);
  const work = useCommentWork(document.name);
  const [resolved, setResolved] = useState(false);
  const [by, setBy] = useState(() => localStorage.getItem(NAME_KEPT_UNDER) ?? '');
  if (comments.isPending) return <LoadingRows label={t('common.loading')} />;
  if (comments.isError) {
    return (
      <ErrorState
        title={t('comments.cannotShow')}
        error={comments.error}
        onRetry={() => void comments.refetch()}
      />
    );
  }
  const named = (name: string) => {
    setBy(name);
    localStorage.setItem(NAME_KEPT_UNDER, name);
  };
  const add = async (comment: NewComment) => {
    await work.add.mutateAsync({ ...comment, by: by.trim() === '' ? undefined : by.trim() });
  };
  const threads = comments.data.filter(
    ({ reply_to, resolved_at }) => reply_to === null && (resolved || resolved_at === null),
  );
  const failure = work.add.error ?? work.change.error ?? work.remove.error;
  return (
    <Stack gap="md">
      <Write document={document} activity={activity} by={by} onBy={named} onAdd={add} />
      {failure !== null && (
        <p role="alert" className={classes.failure}>
          {sentence(failure.message)}
        </p>
      )}
      {comments.data.some(({ resolved_at }) => resolved_at !== null) && (
        <Switch
          size="xs"
          label={t('comments.showResolved')}
          checked={resolved}
          onChange={({ currentTarget }) => setResolved(currentTarget.checked)}
        />
      )}
      {threads.length === 0 && <p className={classes.none}>{t('comments.none')}</p>}
      {threads.toReversed().map((thread) => (
        <Thread
          key={thread.id}
          document={document}
          thread={thread}
          answers={comments.data.filter(({ reply_to }) => reply_to === thread.id)}
          onAnswer={(text) => add({ text, reply_to: thread.id })}
          onResolve={(done) =>
            work.change.mutate({
              id: thread.id,
              resolved: done,
              ...(by.trim() !== '' && { by: by.trim() }),
            })
          }
          onDelete={(id) => work.remove.mutate(id)}
        />
      ))}
    </Stack>
  );
}

interface WriteProps extends Props {
  by: string;
  onBy: (name: string) => void;
  onAdd: (comment: NewComment) => Promise<void>;
}

const WHOLE = '';

function Write({ document, activity, by, onBy, onAdd }: WriteProps) {
  const [text, setText] = useState('');
  const [about, setAbout] = useState(activity ?? WHOLE);
  async function send(event: FormEvent) {
    event.preventDefault();
    await onAdd({ text, activity: about === WHOLE ? undefined : about });
    setText('');
  }
  return (
    <form onSubmit={(event) => void send(event).catch(() => undefined)}>
      <Stack gap={8}>
        <Textarea
          aria-label={t('comments.write')}
          placeholder={t('comments.write')}
          autosize
          minRows={2}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Group gap={8} wrap="nowrap" align="end">
          <Select
            size="xs"
            flex={1}
            label={t('comments.about')}
            searchable
            allowDeselect={false}
            value={about}
            onChange={(next) => setAbout(next ?? WHOLE)}
            data={[
              { value: WHOLE, label: t('comments.aboutAll') },
              ...document.canvas.activities.map(({ id, label }) => ({
                value: id,
                label: label ?? humanize(id),
              })),
            ]}
          />
          <TextInput
            size="xs"
            flex={1}
            label={t('comments.by')}
            value={by}
            onChange={({ currentTarget }) => onBy(currentTarget.value)}
          />
          <Button size="xs" type="submit" disabled={text.trim() === ''}>
            {t('comments.send')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ThreadProps {
  document: CampaignDocument;
  thread: Comment;
  answers: Comment[];
  onAnswer: (text: string) => Promise<void>;
  onResolve: (done: boolean) => void;
  onDelete: (id: number) => void;
}

function Thread({ document, thread, answers, onAnswer, onResolve, onDelete }: ThreadProps) {
  const [text, setText] = useState('');
  const done = thread.resolved_at !== null;
  const about = document.canvas.activities.find(({ id }) => id === thread.activity);
  async function send(event: FormEvent) {
    event.preventDefault();
    await onAnswer(text);
    setText('');
  }
  return (
    <article className={classes.thread} data-resolved={done}>
      <div className={classes.tags}>
        {thread.activity !== null && <Tag>{about?.label ?? humanize(thread.activity)}</Tag>}
        {thread.version !== null && (
          <Tag>{t('comments.onVersion', { version: thread.version })}</Tag>
        )}
        {done && <Tag>{t('comments.resolved', { name: thread.resolved_by ?? '' })}</Tag>}
      </div>
      <Said comment={thread}>
        <Tooltip label={done ? t('comments.reopen') : t('comments.resolve')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={done ? t('comments.reopen') : t('comments.resolve')}
            onClick={() => onResolve(!done)}
          >
            {done ? <IconRefresh size={16} /> : <IconCheck size={16} />}
          </ActionIcon>
        </Tooltip>
        <Delete onClick={() => onDelete(thread.id)} />
      </Said>
      {answers.map((answer) => (
        <div key={answer.id} className={classes.answer}>
          <Said comment={answer}>
            <Delete onClick={() => onDelete(answer.id)} />
          </Said>
        </div>
      ))}
      {!done && (
        <form
          className={classes.reply}
          onSubmit={(event) => void send(event).catch(() => undefined)}
        >
          <TextInput
            size="xs"
            flex={1}
            aria-label={t('comments.writeAnswer')}
            placeholder={t('comments.writeAnswer')}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <Button size="xs" variant="default" type="submit" disabled={text.trim() === ''}>
            {t('comments.answer')}
          </Button>
        </form>
      )}
    </article>
  );
}

function Said({ comment, children }: { comment: Comment; children: React.ReactNode }) {
  const now = useNow(30_000);
  return (
    <>
      <header className={classes.said}>
        <b>{comment.author}</b>
        <time dateTime={comment.created_at} title={formatTime(comment.created_at)}>
          {formatAgo(comment.created_at, now)}
        </time>
        <span className={classes.tools}>{children}</span>
      </header>
      <p className={classes.text}>{comment.text}</p>
    </>
  );
}

function Delete({ onClick }: { onClick: () => void }) {
  return (
    <Tooltip label={t('comments.delete')}>
      <ActionIcon variant="subtle" color="gray" aria-label={t('comments.delete')} onClick={onClick}>
        <IconTrash size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
