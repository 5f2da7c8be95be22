import { Button, Modal } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Message } from '@/api/contents';
import type { ActivityDocument } from '@/api/types';
import { activityLabel } from '@/canvas/edit/words';
import { MailEditor } from '@/mail/MailEditor';
import type { MailView } from '@/mail/views';
import { t } from '@/i18n';
import classes from '@/features/campaign/editor.module.css';

interface Props {
  activity: ActivityDocument;
  campaign: string;
  message: Message;
  onChange: (part: Message, word: string) => void;
  onClose: () => void;
}

/** The designer over the whole window, for the message of one activity and the people who would arrive there. */
export function MessageDialog({ activity, campaign, message, onChange, onClose }: Props) {
  const [view, setView] = useState<MailView>(message.mjml === undefined ? 'both' : 'design');
  const { id } = activity;
  const rows = useMemo(() => ({ campaign, activity: id }), [campaign, id]);
  const document = useMemo(() => ({ kind: 'content', name: 'unnamed', ...message }), [message]);
  const channel = typeof activity.channel === 'string' ? activity.channel : undefined;
  const title = t('email.designTitle', { name: activityLabel(activity) });
  return (
    <Modal
      opened
      fullScreen
      onClose={onClose}
      closeOnEscape={false}
      withCloseButton={false}
      padding={0}
      title={title}
      classNames={{
        header: classes.messageHead,
        body: classes.messageBody,
        content: classes.messageDialog,
      }}
    >
      <header className={classes.messageBar}>
        <h2 aria-hidden>{title}</h2>
        <Button size="sm" onClick={onClose}>
          {t('email.done')}
        </Button>
      </header>
      <MailEditor
        message={message}
        document={document}
        rows={rows}
        channel={channel}
        view={view}
        onView={setView}
        onChange={onChange}
      />
    </Modal>
  );
}
