import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useRendered, type Message } from '@/api/contents';
import { t } from '@/i18n';
import { formatCount, reasonWords, sentence } from '@/ui/format';
import { HtmlFrame } from '@/ui/HtmlFrame';
import { LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/campaign.module.css';

interface Props {
  campaign: string;
  activity: string;
  message: Message;
  channel: string | undefined;
}

/** A message as those would get it who arrive at its activity now, one by one. */
export function MessagePreview({ campaign, activity, message, channel }: Props) {
  const [offset, setOffset] = useState(0);
  const rows = useMemo(() => ({ campaign, activity }), [campaign, activity]);
  const document = useMemo(() => ({ kind: 'content', name: 'unnamed', ...message }), [message]);
  const rendered = useRendered({ document, rows, channel, offset }, true);
  const row = rendered.data?.rows[0];
  const total = rendered.data?.total ?? 0;
  if (rendered.isPending) return <LoadingRows rows={5} label={t('common.loading')} />;
  if (row === undefined || row.failure !== null) {
    const why = rendered.error?.message ?? row?.failure ?? rendered.data?.problems[0]?.message;
    return (
      <div className={classes.message}>
        <p className={classes.none}>{why === undefined ? t('preview.noRowText') : sentence(why)}</p>
        <b>{message.subject}</b>
        <Frame html={message.html ?? ''} title={t('email.preview')} />
      </div>
    );
  }
  return (
    <div className={classes.message} aria-busy={rendered.isPlaceholderData}>
      <div className={classes.messageWho}>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t('preview.previous')}
          disabled={offset === 0}
          onClick={() => setOffset(offset - 1)}
        >
          <IconChevronLeft size={15} />
        </ActionIcon>
        <span role="status">{t('preview.row', { n: offset + 1, total: formatCount(total) })}</span>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-label={t('preview.next')}
          disabled={offset + 1 >= total}
          onClick={() => setOffset(offset + 1)}
        >
          <IconChevronRight size={15} />
        </ActionIcon>
        <span>{t('preview.to', { address: row.address ?? '–', key: row.key })}</span>
      </div>
      {row.excluded !== null && (
        <p className={classes.none}>
          {t('preview.excluded', { reason: reasonWords(row.excluded) })}
        </p>
      )}
      <b>{row.subject || t('message.noSubject')}</b>
      {row.preheader !== '' && <span className={classes.none}>{row.preheader}</span>}
      <Frame html={row.html} title={t('preview.of', { subject: row.subject })} />
    </div>
  );
}

function Frame({ html, title }: { html: string; title: string }) {
  return (
    <div className={classes.preview}>
      <HtmlFrame html={html} title={title} images />
    </div>
  );
}
