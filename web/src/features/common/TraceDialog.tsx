import { Modal } from '@mantine/core';
import { IconCircleCheck, IconCircleMinus } from '@tabler/icons-react';
import { useTrace } from '@/api/people';
import { useRun } from '@/api/runs';
import { isNamedPort } from '@/canvas/graph';
import { useNames } from '@/features/common/useNames';
import { ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/common/trace.module.css';
import { t } from '@/i18n';

/** Where a person was in a run, and why they went where they went. */
export function TraceDialog({
  run,
  rowKey,
  dimension,
  onClose,
}: {
  run: string;
  rowKey: string;
  /** The dimension whose key it is, where several may have it; `file` for the lines of files. */
  dimension?: string | undefined;
  onClose: () => void;
}) {
  const trace = useTrace(run, rowKey, dimension);
  const campaign = useRun(run).data?.campaign;
  const names = useNames(campaign === undefined ? [] : [campaign]);
  return (
    <Modal opened onClose={onClose} size="lg" title={t('trace.of', { key: rowKey })}>
      {trace.isPending && <LoadingRows rows={6} label={t('trace.looking')} />}
      {trace.isError && (
        <ErrorState
          title={t('trace.cannot')}
          error={trace.error}
          onRetry={() => void trace.refetch()}
        />
      )}
      {trace.isSuccess && (
        <ol className={classes.trace}>
          {trace.data.steps.map(({ activity, port, present }, index) => (
            <li key={index} data-present={present}>
              {present ? (
                <IconCircleCheck size={17} aria-label={t('trace.there')} />
              ) : (
                <IconCircleMinus size={17} aria-label={t('trace.notThere')} />
              )}
              <span>
                <b>{names.activity(activity, campaign)}</b>
                {isNamedPort(port) && ` · ${names.way(activity, port, campaign)}`}
                {trace.data.steps.findIndex((step) => step.activity === activity) === index &&
                  trace.data.reasons
                    .filter((reason) => reason.activity === activity)
                    .flatMap(({ because }) => because)
                    .map((because) => <p key={because}>{names.said(because, campaign)}</p>)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Modal>
  );
}
