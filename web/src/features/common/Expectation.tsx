import { Button, Group, Skeleton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBinaryTree } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useDryRun } from '@/api/lifecycle';
import type { CampaignDocument, DryRun } from '@/api/types';
import { activityLabel } from '@/canvas/edit/words';
import { isNamedPort } from '@/canvas/graph';
import { portLabel } from '@/canvas/ports';
import { Facts } from '@/features/common/Facts';
import { NextLaunches } from '@/features/common/NextLaunches';
import { Samples } from '@/features/common/Samples';
import type { Runnable } from '@/features/common/useRunnable';
import { formatCount, humanize, reasonWords, sentence } from '@/ui/format';
import classes from '@/features/common/common.module.css';
import { t } from '@/i18n';

const DryCanvas = lazy(async () => ({
  default: (await import('@/features/common/DryCanvas')).DryCanvas,
}));

const SETTLE_MS = 500;
const NO_VARIABLES: Record<string, string> = {};

interface Props {
  name: string;
  runnable: Runnable;
  /** A run takes the version in force, a test and a publication the newest. */
  how: 'test' | 'live' | 'publish';
  variables?: Record<string, string>;
}

/** Who would get what and when, reckoned on the rows of this moment. */
export function Expectation({ name, runnable, how, variables = NO_VARIABLES }: Props) {
  const { withChanges, ready, errors, document, text } = runnable;
  const [settled] = useDebouncedValue(JSON.stringify(variables), SETTLE_MS);
  const question = {
    variables: JSON.parse(settled) as Record<string, string>,
    draft: withChanges,
    in_force: how === 'live' && !withChanges,
  };
  const query = useDryRun(name, question, text, ready && errors === 0);
  return (
    <section className={classes.expected} aria-label={t('launch.expected')}>
      <h3>{t('launch.expected')}</h3>
      {errors > 0 ? (
        <p className={classes.modeText}>{t('editor.saveErrors', { n: errors })}</p>
      ) : query.isError ? (
        <p className={classes.modeText} role="alert">
          {sentence(query.error.message)}
        </p>
      ) : query.data === undefined || document === undefined ? (
        <Skeleton height={112} role="status" aria-label={t('launch.reckoning')} />
      ) : (
        <Expected dryRun={query.data} document={document} ports={runnable.ports} />
      )}
      {how !== 'test' && document !== undefined && (
        <NextLaunches name={name} runnable={runnable} document={document} how={how} />
      )}
    </section>
  );
}

interface ExpectedProps {
  dryRun: DryRun;
  document: CampaignDocument;
  ports: Record<string, string[]>;
}

function Expected({ dryRun, document, ports }: ExpectedProps) {
  const [onCanvas, setOnCanvas] = useState(false);
  const { deliveries, samples } = dryRun;
  const find = (id: string) => document.canvas.activities.find((each) => each.id === id);
  const labelOf = (id: string) => {
    const activity = find(id);
    return activity === undefined ? humanize(id) : activityLabel(activity);
  };
  return (
    <>
      {deliveries.length === 0 ? (
        <p className={classes.modeText}>{t('launch.noMessages')}</p>
      ) : (
        <Facts rows={figures(dryRun, labelOf)} />
      )}
      <Samples samples={samples} labelOf={labelOf} />
      <details className={classes.ways}>
        <summary>{t('launch.ways')}</summary>
        <ul>
          {dryRun.transitions.map(({ from, port, to, rows }) => (
            <li key={`${from} ${port} ${to ?? ''}`}>
              <span>
                {labelOf(from)}
                {isNamedPort(port) && ` · ${portLabel(find(from), port)}`} →{' '}
                {to === null ? t('launch.nowhere') : labelOf(to)}
              </span>
              <b>{formatCount(rows)}</b>
            </li>
          ))}
        </ul>
      </details>
      <Group mt="xs">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconBinaryTree size={15} />}
          onClick={() => setOnCanvas(true)}
        >
          {t('launch.onCanvas')}
        </Button>
      </Group>
      {onCanvas && (
        <Suspense>
          <DryCanvas
            dryRun={dryRun}
            document={document}
            ports={ports}
            onClose={() => setOnCanvas(false)}
          />
        </Suspense>
      )}
    </>
  );
}

/** Messages, people, who is left out why, and how many of each mailing. */
function figures(
  { deliveries, version, draft }: DryRun,
  labelOf: (id: string) => string,
): [string, string][] {
  const sum = (of: (each: DryRun['deliveries'][number]) => number) =>
    deliveries.reduce((total, each) => total + of(each), 0);
  const reasons = new Map<string, number>();
  for (const [reason, rows] of deliveries.flatMap(({ exclusions }) => Object.entries(exclusions))) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + rows);
  }
  return [
    [t('launch.messages'), formatCount(sum(({ targeted, excluded }) => targeted - excluded))],
    [t('launch.targeted'), formatCount(sum(({ targeted }) => targeted))],
    ...[...reasons].map(([reason, rows]): [string, string] => [
      t('launch.excluded', { reason: reasonWords(reason) }),
      formatCount(rows),
    ]),
    ...deliveries.map(({ activity, targeted, excluded }): [string, string] => [
      labelOf(activity),
      formatCount(targeted - excluded),
    ]),
    [t('tasks.version'), draft ? t('launch.asVersion', { n: version + 1 }) : String(version)],
  ];
}
