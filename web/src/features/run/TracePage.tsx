import { IconArrowLeft } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useActivityKinds } from '@/api/campaigns';
import { useRun, useTrace } from '@/api/runs';
import type { ActivityKind, RowKey, Trace, TraceReason } from '@/api/types';
import { isNamedPort } from '@/canvas/graph';
import { kindLook } from '@/canvas/kinds';
import { activityLook } from '@/canvas/states';
import { useNames, type Names } from '@/features/common/useNames';
import classes from '@/features/run/trace.module.css';
import { formatTime, humanize, sentence } from '@/ui/format';
import { PageHeader } from '@/ui/PageHeader';
import { Pill, Tag } from '@/ui/Pill';
import { ErrorState, LoadingRows } from '@/ui/states';
import ui from '@/ui/ui.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/runs/$run/trace/$key');

/** The way of one row through a run, from top to bottom. */
export function TracePage() {
  const { run, key } = route.useParams();
  const { dimension } = route.useSearch();
  const trace = useTrace(run, key, dimension);
  const kinds = useActivityKinds();
  const names = useNames(trace.data === undefined ? [] : [trace.data.campaign]);
  const summary = useRun(run);
  const retry = () => void trace.refetch();
  return (
    <>
      <PageHeader
        back={
          <Link to="/runs/$run" params={{ run }} className={ui.back}>
            <IconArrowLeft size={15} /> {t('trace.backToRun')}
          </Link>
        }
        title={key}
        subtitle={
          trace.data === undefined
            ? undefined
            : [names.campaign(trace.data.campaign), formatTime(summary.data?.started_at)].join(
                ' · ',
              )
        }
      />
      {trace.isPending && <LoadingRows rows={8} label={t('trace.loading')} />}
      {trace.isError && (
        <ErrorState title={t('trace.cannotRead')} error={trace.error} onRetry={retry} />
      )}
      {trace.data !== undefined && <Story trace={trace.data} kinds={kinds.data} names={names} />}
    </>
  );
}

interface StoryProps {
  trace: Trace;
  kinds: ActivityKind[] | undefined;
  names: Names;
}

function Story({ trace, kinds, names }: StoryProps) {
  return (
    <section className={classes.story} aria-label={t('trace.title')}>
      <div className={classes.head}>
        <p className={classes.outcome}>{sentence(names.said(trace.outcome, trace.campaign))}</p>
        <ul className={classes.rows} aria-label={t('trace.keys')}>
          {trace.rows.map((row) => (
            <li key={`${row.dimension} ${row.key}`}>
              <Tag>{rowName(row, names)}</Tag>
            </li>
          ))}
        </ul>
      </div>
      <ol className={classes.way}>
        {trace.reasons.map((reason) => (
          <Stop key={reason.activity} reason={reason} trace={trace} kinds={kinds} names={names} />
        ))}
      </ol>
    </section>
  );
}

interface StopProps extends StoryProps {
  reason: TraceReason;
}

/** What one activity made of the row. */
function Stop({ reason, trace, kinds, names }: StopProps) {
  const { Icon, label } = kindLook(reason.type, kinds);
  const look = activityLook(reason.state);
  const name = reason.label ?? humanize(reason.activity);
  const state = reason.present ? (reason.left_by.length > 0 ? 'on' : 'end') : 'away';
  return (
    <li className={classes.stop} data-state={state}>
      <span className={classes.mark} aria-hidden>
        <Icon size={16} />
      </span>
      <div className={classes.body}>
        <div className={classes.line}>
          <Link
            to="/campaigns/$name"
            params={{ name: trace.campaign }}
            search={{ run: trace.run, activity: reason.activity }}
            className={classes.name}
          >
            {name}
          </Link>
          <span className={classes.kind}>{label}</span>
          {reason.left_by.filter(isNamedPort).map((port) => (
            <Tag key={port}>→ {names.way(reason.activity, port, trace.campaign)}</Tag>
          ))}
          {!reason.present && <Tag>{t('trace.notTaken')}</Tag>}
          {reason.state !== 'completed' && <Pill tone={look.tone}>{look.label}</Pill>}
          {typeof reason.at === 'string' && (
            <time className={classes.time}>{formatTime(reason.at)}</time>
          )}
        </div>
        {reason.because.length > 0 && (
          <ul className={classes.because}>
            {reason.because.map((because, index) => (
              <li key={`${index} ${because}`} data-tone={toneOf(because)}>
                {names.said(because, trace.campaign)}
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

/** Whether a sentence tells of something that the row passed or did not. */
function toneOf(because: string): 'good' | 'bad' | undefined {
  const words = because.toLowerCase();
  if (/(^|, |: )failed: |^(dropped|excluded|left over|was rejected|failed)/.test(words))
    return 'bad';
  if (/(^|, |: )passed: |^(kept|sent|went to)/.test(words)) return 'good';
  return undefined;
}

function rowName({ dimension, key }: RowKey, names: Names): string {
  return dimension === '' ? t('trace.line', { n: key }) : `${names.dimension(dimension)} · ${key}`;
}
