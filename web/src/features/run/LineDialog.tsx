import { Modal } from '@mantine/core';
import { IconMailQuestion } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useCaughtForLine } from '@/api/catcher';
import { useLedger } from '@/api/runs';
import type { LedgerLine } from '@/api/types';
import { ledgerLook } from '@/canvas/states';
import { Facts } from '@/features/common/Facts';
import type { MessagePart, MessageWidth } from '@/features/common/messageParts';
import { MessageView } from '@/features/common/MessageView';
import type { RunSearch } from '@/features/run/search';
import { formatTime, reasonWords } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/run/run.module.css';
import { t } from '@/i18n';

/** Lines of one key that are looked through for the one of the activity. */
const LINES_MAX = 100;

interface Props {
  run: string;
  lineKey: string;
  activity: string;
  labels: Map<string, string>;
  view: MessagePart;
  width: MessageWidth;
  onChange: (part: RunSearch) => void;
  onClose: () => void;
}

/** One line of the ledger and, if the catcher has it, the message itself. */
export function LineDialog(props: Props) {
  const { run, lineKey, activity, labels, onClose } = props;
  const query = { search: lineKey, activity, limit: LINES_MAX, offset: 0 };
  const ledger = useLedger(run, query, false);
  const line = ledger.data?.rows.find((each) => each.key === lineKey && each.activity === activity);
  return (
    <Modal
      opened
      onClose={onClose}
      title={`${lineKey} · ${labels.get(activity) ?? activity}`}
      size={900}
      padding={0}
      classNames={{ header: classes.dialogHead, body: classes.dialogBody }}
    >
      {ledger.isPending && <LoadingRows rows={4} label={t('ledger.lineLoading')} />}
      {ledger.isError && (
        <ErrorState
          title={t('ledger.lineCannotRead')}
          error={ledger.error}
          onRetry={() => void ledger.refetch()}
        />
      )}
      {ledger.isSuccess && line === undefined && (
        <EmptyState icon={IconMailQuestion} title={t('ledger.noMatch')} tone="neutral">
          {t('ledger.lineNone')}
        </EmptyState>
      )}
      {line !== undefined && <Line {...props} line={line} />}
    </Modal>
  );
}

function Line({ line, view, width, onChange }: Props & { line: LedgerLine }) {
  const { run, activity, key, address, message_id } = line;
  const caught = useCaughtForLine({ run, activity, key, message_id });
  const { tone, label } = ledgerLook(line.status);
  return (
    <>
      <div className={classes.line}>
        <Facts
          rows={[
            [t('word.status'), <Pill tone={tone}>{label}</Pill>],
            [t('word.reason'), line.reason === null ? undefined : reasonWords(line.reason)],
            [t('word.address'), address],
            ['Message-ID', message_id],
            [t('word.updated'), formatTime(line.updated_at)],
          ]}
        />
        <Link to="/runs/$run/trace/$key" params={{ run, key }}>
          {t('trace.follow')}
        </Link>
      </div>
      <div className={classes.dialogMessage}>
        {caught.isPending && <LoadingRows rows={4} label={t('ledger.looking')} />}
        {caught.isError && (
          <ErrorState
            title={t('ledger.cannotSearch')}
            error={caught.error}
            onRetry={() => void caught.refetch()}
          />
        )}
        {caught.data === null && (
          <EmptyState icon={IconMailQuestion} title={t('ledger.noMessage')} tone="neutral">
            {line.status === 'excluded' ? t('ledger.leftOut') : t('ledger.notCaught')}
          </EmptyState>
        )}
        {caught.data && (
          <MessageView
            id={caught.data.id}
            view={view}
            width={width}
            onView={(next) => onChange({ view: next === 'html' ? undefined : next })}
            onWidth={(next) => onChange({ width: next === 'desktop' ? undefined : next })}
          />
        )}
      </div>
    </>
  );
}
