import { Alert, Button, Group, Text } from '@mantine/core';
import { IconFlask, IconPencil, IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { ApiError } from '@/api/client';
import { useRunTests, useTests, type TestDocument, type TestResult } from '@/api/tests';
import { activityAt, runAt, testsOf, wallClock } from '@/features/campaign/testPlace';
import { testOf } from '@/features/common/testStarter';
import { useNames, type Names } from '@/features/common/useNames';
import { formatDuration, humanize, sentence } from '@/ui/format';
import { Pill } from '@/ui/Pill';
import { EmptyState, ErrorState, LoadingRows } from '@/ui/states';
import classes from '@/features/campaign/comments.module.css';
import { t } from '@/i18n';

const route = getRouteApi('/campaigns/$name');
const DocumentDialog = lazy(async () => ({
  default: (await import('@/features/common/DocumentDialog')).DocumentDialog,
}));

/** The tests of a campaign over simulated time, run as it stands on the canvas. */
export function Tests({ campaign }: { campaign: string }) {
  const found = useTests();
  const own = testsOf(found.tests, campaign);
  /** The test that is open as text; the empty name is a new one. */
  const [open, setOpen] = useState<string>();
  return (
    <>
      <TestList campaign={campaign} found={found} own={own} onOpen={setOpen} />
      {open !== undefined && (
        <Suspense>
          <DocumentDialog
            key={open}
            kind="test"
            name={open === '' ? undefined : open}
            label={own.find(({ name }) => name === open)?.label}
            start={testOf(campaign)}
            onClose={() => setOpen(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}

interface ListProps {
  campaign: string;
  found: ReturnType<typeof useTests>;
  own: TestDocument[];
  onOpen: (test: string) => void;
}

function TestList({ campaign, found, own, onOpen }: ListProps) {
  const { isPending, error, refetch } = found;
  const names = useNames([campaign]);
  const run = useRunTests(campaign);
  const [results, setResults] = useState<ReadonlyMap<string, TestResult>>(new Map());
  const start = (chosen: string[]) =>
    run.mutate(chosen, {
      onSuccess: (found) =>
        setResults(
          (former) => new Map([...former, ...found.map((each) => [each.test, each] as const)]),
        ),
    });
  if (isPending) return <LoadingRows label={t('common.loading')} />;
  if (error !== null) {
    return <ErrorState title={t('tests.cannot')} error={error} onRetry={refetch} />;
  }
  const last = own.flatMap(({ name }) => results.get(name) ?? []);
  const failed = last.filter(({ passed }) => !passed).length;
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onOpen('')}
        >
          {t('tests.new')}
        </Button>
        {own.length > 0 && (
          <Button
            size="compact-sm"
            leftSection={<IconPlayerPlay size={14} />}
            loading={run.isPending && run.variables.length === own.length}
            disabled={run.isPending}
            onClick={() => start(own.map(({ name }) => name))}
          >
            {t('tests.runAll')}
          </Button>
        )}
      </Group>
      <Text size="sm" role="status" mb="xs">
        {last.length > 0 && t('tests.summary', { passed: last.length - failed, failed })}
      </Text>
      {run.isError && <Refused error={run.error} />}
      {own.length === 0 && (
        <EmptyState icon={IconFlask} title={t('tests.none')} tone="neutral">
          {t('tests.noneText')}
        </EmptyState>
      )}
      <ul className={classes.launches} aria-label={t('tests.title')}>
        {own.map((test) => (
          <li key={test.name}>
            <div className={classes.launch}>
              <span title={test.name}>
                <b>{labelOf(test)}</b>
                {test.campaign !== campaign && (
                  <span className={classes.detail}> {names.campaign(test.campaign)}</span>
                )}
              </span>
              <Group gap={6} wrap="nowrap">
                <Button
                  size="compact-xs"
                  variant="default"
                  leftSection={<IconPlayerPlay size={13} />}
                  loading={run.isPending && run.variables.includes(test.name)}
                  disabled={run.isPending}
                  aria-label={t('tests.runOne', { name: labelOf(test) })}
                  onClick={() => start([test.name])}
                >
                  {t('tests.run')}
                </Button>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  leftSection={<IconPencil size={13} />}
                  aria-label={t('tests.editOne', { name: labelOf(test) })}
                  onClick={() => onOpen(test.name)}
                >
                  {t('editor.edit')}
                </Button>
              </Group>
            </div>
            <Result result={results.get(test.name)} test={test} campaign={campaign} names={names} />
          </li>
        ))}
      </ul>
    </>
  );
}

function labelOf({ label, name }: TestDocument): string {
  return label ?? humanize(name);
}

/** Why no test could be run: the campaign or a test is not in order. */
function Refused({ error }: { error: Error }) {
  const items = error instanceof ApiError ? error.items : [];
  return (
    <Alert color="red" role="alert" mb="sm" title={sentence(error.message)}>
      {items.length > 0 && (
        <ul className={classes.failures}>
          {items.map(({ message, hint }, index) => (
            <li key={index}>
              {sentence(message)} {hint && sentence(hint)}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

interface ResultProps {
  result: TestResult | undefined;
  test: TestDocument;
  campaign: string;
  names: Names;
}

function Result({ result, test, campaign, names }: ResultProps) {
  if (result === undefined) return null;
  const { passed, simulated, elapsed_ms, failures, runs } = result;
  return (
    <>
      <div>
        <Pill tone={passed ? 'good' : 'bad'}>{passed ? t('tests.passed') : t('tests.failed')}</Pill>{' '}
        <span className={classes.detail}>
          {t('tests.simulated', {
            from: wallClock(simulated.from),
            until: wallClock(simulated.until),
            runs: runs.length,
            took: formatDuration(elapsed_ms),
          })}
        </span>
      </div>
      {failures.length > 0 && (
        <ul className={classes.failures}>
          {failures.map(({ message, hint, pointer }, index) => (
            <li key={index}>
              <Place pointer={pointer} test={test} campaign={campaign} names={names} />{' '}
              {sentence(names.said(message, test.campaign))} {hint && sentence(hint)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The run and the activity that a failure is about; the activity opens on the canvas. */
function Place({
  pointer,
  test,
  campaign,
  names,
}: Omit<ResultProps, 'result'> & { pointer: string }) {
  const { view, edit, run: shown } = route.useSearch();
  const run = runAt(pointer);
  const activity = activityAt(pointer, test);
  const isHere = test.campaign === campaign;
  return (
    <>
      {run !== undefined && t('tests.inRun', { n: run })}{' '}
      {activity !== undefined && isHere && (
        <Link
          to="/campaigns/$name"
          params={{ name: campaign }}
          search={{ view, edit, run: shown, activity }}
          className={classes.place}
        >
          {names.activity(activity, campaign)}
        </Link>
      )}
    </>
  );
}
