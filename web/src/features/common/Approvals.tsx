import { Button, Group, Paper, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAnswer } from '@/api/runs';
import type { Hold, RunSummary } from '@/api/types';
import { formatTime, humanize, sentence } from '@/ui/format';
import { t } from '@/i18n';

/** What a run asks people, each with its answers. */
export function Approvals({ run }: { run: RunSummary }) {
  const asked = run.activities.flatMap(({ id, hold }) =>
    hold?.kind === 'approval' ? [{ id, hold }] : [],
  );
  return asked.map(({ id, hold }) => <Question key={id} run={run.run} activity={id} hold={hold} />);
}

function Question({ run, activity, hold }: { run: string; activity: string; hold: Hold }) {
  const answer = useAnswer(run, activity);
  const [by, setBy] = useState('');
  const [comment, setComment] = useState('');
  const { needed = 1, votes = [], choices = ['approved', 'rejected'] } = hold;
  const give = (choice: string) =>
    answer.mutate({ answer: choice, by: by.trim() || null, comment: comment.trim() || null });
  return (
    <Paper component="section" aria-label={humanize(activity)} withBorder p="md" mb="sm">
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
              {vote.by ?? t('approval.somebody')}: {humanize(vote.answer)}
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
            {choiceLabel(choice)}
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

function choiceLabel(choice: string): string {
  if (choice === 'approved') return t('approval.approve');
  return choice === 'rejected' ? t('approval.reject') : humanize(choice);
}
