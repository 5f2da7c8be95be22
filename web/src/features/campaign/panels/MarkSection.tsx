import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { useForgetMark, useMarks } from '@/api/marks';
import { formatTime, sentence } from '@/ui/format';
import { t } from '@/i18n';

/** How far an incremental query has come, and a way to let it begin anew. */
export function MarkSection({ campaign, activity }: { campaign: string; activity: string }) {
  const marks = useMarks(campaign, true);
  const forget = useForgetMark(campaign);
  const [asking, setAsking] = useState(false);
  const mark = marks.data?.find((each) => each.activity === activity);
  if (marks.isPending) return null;
  if (marks.isError) {
    return (
      <Text size="sm" role="alert">
        {sentence(marks.error.message)}
      </Text>
    );
  }
  if (!mark?.moved_at) return <Text size="sm">{t('mark.none')}</Text>;
  return (
    <>
      <Text size="sm">
        {mark.latest ? t('mark.latest', { time: formatTime(mark.latest) }) : t('mark.keys')}
      </Text>
      <Text size="xs" c="dimmed">
        {t('mark.moved', { time: formatTime(mark.moved_at) })}
      </Text>
      <Button size="xs" mt="xs" variant="default" onClick={() => setAsking(true)}>
        {t('mark.forget')}
      </Button>
      {forget.error !== null && (
        <Text size="xs" c="red" role="alert">
          {sentence(forget.error.message)}
        </Text>
      )}
      <Modal opened={asking} onClose={() => setAsking(false)} title={t('mark.forget')}>
        <Text size="sm">{t('mark.forgetText')}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setAsking(false)}>
            {t('common.cancel')}
          </Button>
          <Button
            color="red"
            onClick={() => {
              setAsking(false);
              forget.mutate(activity);
            }}
          >
            {t('mark.forget')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
