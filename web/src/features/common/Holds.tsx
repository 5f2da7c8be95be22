import { Button, Group, Paper, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAnswer, useRunAction } from '@/api/runs';
import type { Hold, RunSummary } from '@/api/types';
import { ActivityActions } from '@/features/common/ActivityActions';
import { HeldSend } from '@/features/common/HeldSend';
import { useNames } from '@/features/common/useNames';
import { formatTime, sentence } from '@/ui/format';
import { t, tMaybe } from '@/i18n';

/** What a run waits for people for: questions, messages to confirm, breakpoints, servers that are away. */
export function Holds({ run }: { run: RunSummary }) {
  const names = useNames([run.campaign]);
  return run.activities.map(({ id, hold }) => {
    if (!hold) return null;
    const shared = { run: run.run, activity: id, label: names.activity(id, run.campaign) };
    const message = names.said(hold.message, run.campaign);
    return hold.kind === 'approval' ? (
      <Question
        key={id}
        {...shared}
        way={(choice) => names.way(id, choice, run.campaign)}
        hold={hold}
      />
    ) : (
      <Held key={id} {...shared} summary={run} kind={hold.kind} message={message} />
    );
  });
}

interface HeldProps {
  run: string;
  summary: RunSummary;
  activity: string;
  label: string;
  kind: string;
  message: string;
}

/** An activity that goes on when somebody says so. */
function Held({ run, summary, activity, label, kind, message }: HeldProps) {
  const answer = useAnswer(run, activity);
  const resume = useRunAction(run);
  // A server that is away is asked again when the run goes on.
  const isAway = kind === 'provider_down';
  const work = isAway ? resume : answer;
  return (
    <Paper component="section" aria-label={label} withBorder p="md" mb="sm">
      <Text fw={600}>{label}</Text>
      <Text size="sm" mb={6}>
        {sentence(message)}
      </Text>
      {kind === 'held_send' && <HeldSend run={summary} activity={activity} />}
      <Group gap={8} mt="sm">
        <Button
          size="xs"
          loading={work.isPending}
          onClick={() => (isAway ? resume.mutate('resume') : answer.mutate({}))}
        >
          {tMaybe('hold', kind) ?? t('hold.breakpoint')}
        </Button>
      </Group>
      <ActivityActions run={summary} activity={activity} label={label} state="held" />
      {work.error !== null && (
        <Text size="xs" c="red" role="alert" mt="xs">
          {sentence(work.error.message)}
        </Text>
      )}
    </Paper>
  );
}

interface QuestionProps {
  run: string;
  activity: string;
  label: string;
  /** What an answer is called. */
  way: (choice: string) => string;
  hold: Hold;
}

function Question({ run, activity, label, way, hold }: QuestionProps) {
  const answer = useAnswer(run, activity);
  const [by, setBy] = useState('');
  const [comment, setComment] = useState('');
  const { needed = 1, votes = [], choices = ['approved', 'rejected'] } = hold;
  const give = (choice: string) =>
    answer.mutate({ answer: choice, by: by.trim() || null, comment: comment.trim() || null });
  return (
    <Paper component="section" aria-label={label} withBorder p="md" mb="sm">
      <Text fw={600}>{hold.message}</Text>
      <Text size="sm" c="dimmed">
        {[
          hold.by && t('approval.asked', { names: hold.by.join(', ') }),
          needed > 1 && t('approval.needed', { n: needed }),
          hold.until !== undefined && t('approval.until', { time: formatTime(hold.until) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {votes.length > 0 && (
        <Text size="sm" component="ul" mb={0}>
          {votes.map((vote) => (
            <li key={`${vote.by ?? ''} ${vote.at}`}>
              {vote.by ?? t('approval.somebody')}: {way(vote.answer)}
              {vote.comment !== null && ` (${vote.comment})`}
            </li>
          ))}
        </Text>
      )}
      <Group mt="sm" align="end">
        <TextInput
          size="xs"
          label={t('approval.by')}
          value={by}
          onChange={(event) => setBy(event.currentTarget.value)}
        />
        <TextInput
          size="xs"
          label={t('approval.comment')}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {choices.map((choice, index) => (
          <Button
            key={choice}
            size="xs"
            variant={index === 0 ? 'filled' : 'default'}
            loading={answer.isPending}
            onClick={() => give(choice)}
          >
            {choiceLabel(choice, way)}
          </Button>
        ))}
      </Group>
      {answer.error !== null && (
        <Text size="xs" c="red" role="alert" mt="xs">
          {sentence(answer.error.message)}
        </Text>
      )}
    </Paper>
  );
}

function choiceLabel(choice: string, way: (choice: string) => string): string {
  if (choice === 'approved') return t('approval.approve');
  return choice === 'rejected' ? t('approval.reject') : way(choice);
}
