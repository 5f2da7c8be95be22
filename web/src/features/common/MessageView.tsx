import { SegmentedControl } from '@mantine/core';
import { IconMailOff } from '@tabler/icons-react';
import { useCaughtMessage } from '@/api/catcher';
import type { CaughtMessage } from '@/api/types';
import { Facts } from '@/features/common/Facts';
import type { MessagePart, MessageWidth } from '@/features/common/messageParts';
import { formatBytes, formatTime } from '@/ui/format';
import { HtmlFrame } from '@/ui/HtmlFrame';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/common/common.module.css';

interface Props {
  id: string;
  view: MessagePart;
  width: MessageWidth;
  onView: (view: MessagePart) => void;
  onWidth: (width: MessageWidth) => void;
}

/** One caught message, to be read as its reader would or as it came over the wire. */
export function MessageView({ id, view, width, onView, onWidth }: Props) {
  const message = useCaughtMessage(id);
  if (message.isPending) return <LoadingRows label="Loading the message" />;
  if (message.isError) {
    const retry = () => void message.refetch();
    return <ErrorState title="The message cannot be shown" error={message.error} onRetry={retry} />;
  }
  const { data } = message;
  return (
    <article className={classes.message} aria-label="Message">
      <header className={classes.messageHead}>
        <h2 className={classes.subject}>{data.subject || 'No subject'}</h2>
        <Facts
          rows={[
            ['From', data.from],
            ['To', data.to.join(', ')],
            ['Received', `${formatTime(data.received_at)} · ${formatBytes(data.size)}`],
          ]}
        />
      </header>
      <div className={classes.messageBar}>
        <SegmentedControl
          size="sm"
          aria-label="Part of the message"
          value={view}
          onChange={onView}
          data={[
            { value: 'html', label: 'HTML' },
            { value: 'text', label: 'Text' },
            { value: 'headers', label: 'Headers' },
            { value: 'source', label: 'Source' },
          ]}
        />
        {view === 'html' && (
          <SegmentedControl
            size="sm"
            aria-label="Width"
            value={width}
            onChange={onWidth}
            data={[
              { value: 'desktop', label: 'Desktop' },
              { value: 'phone', label: 'Phone' },
            ]}
          />
        )}
      </div>
      <div className={classes.messageBody} tabIndex={0} role="region" aria-label="Message body">
        <Body message={data} view={view} width={width} />
      </div>
    </article>
  );
}

function Body({
  message,
  view,
  width,
}: {
  message: CaughtMessage;
  view: MessagePart;
  width: MessageWidth;
}) {
  if (view === 'source') return <pre className={classes.plain}>{message.raw}</pre>;
  if (view === 'headers') return <Headers headers={message.headers} />;
  const part = view === 'html' ? message.html : message.text;
  if (part === null || part === '') {
    return (
      <EmptyState icon={IconMailOff} title={`No ${view === 'html' ? 'HTML' : 'text'} part`}>
        This message was sent without one.
      </EmptyState>
    );
  }
  if (view === 'text') return <pre className={classes.plain}>{part}</pre>;
  return (
    <div className={classes.paper} data-width={width}>
      <HtmlFrame html={part} title={`Message: ${message.subject}`} />
    </div>
  );
}

function Headers({ headers }: { headers: CaughtMessage['headers'] }) {
  return (
    <div className={classes.headers}>
      <dl className={classes.facts}>
        {headers.map(({ name, value }, index) => (
          <div key={index} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd className={classes.mono}>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
