/** What a run tells: its log and its tasks, made of its summary. */
import { summaryOf } from './runs.mjs';

const LEVELS = ['info', 'warning', 'error'];

export function tasksOf(run, query) {
  const summary = summaryOf(run);
  const tasks = summary.activities.map((activity) => ({
    task: `task_${run.run}_${activity.id}`,
    activity: activity.id,
    label: null,
    type: activity.type,
    state: activity.state,
    attempts: activity.attempts,
    version: summary.version,
    started_at: activity.started_at ?? null,
    finished_at: activity.finished_at ?? null,
    elapsed_ms: activity.elapsed_ms,
    worker: null,
    waits_until: null,
    note: activity.note ?? null,
    error: activity.error ?? null,
    hold: null,
    answers: null,
    variables: { run_id: run.run, campaign_name: run.campaign },
    results: resultsOf(summary, activity.id),
    table_versions: {},
  }));
  const search = (query.get('search') ?? '').toLowerCase();
  const found = tasks.filter(
    ({ activity, type, note, state }) =>
      (query.get('state') ?? state) === state &&
      `${activity} ${type} ${note}`.toLowerCase().includes(search),
  );
  return { total: found.length, tasks: found };
}

export function logsOf(run, query) {
  const summary = summaryOf(run);
  const said = summary.activities.filter(
    ({ state }) => state === 'completed' || state === 'failed',
  );
  const lines = [
    [null, 'info', `somebody started the run${run.like ? ` again, as \`${run.like}\`` : ''}`],
    ...said.map(({ id, state, note, error }) => [
      id,
      state === 'failed' ? 'error' : 'info',
      error?.message ?? note ?? 'done',
    ]),
    ...(summary.finished_at === null ? [] : [[null, 'info', `the run is ${summary.state}`]]),
  ].map(([activity, level, message], index) => ({
    seq: index + 1,
    at: summary.started_at,
    run: run.run,
    activity,
    level,
    message,
  }));
  const search = (query.get('search') ?? '').toLowerCase();
  const least = LEVELS.indexOf(query.get('level') ?? 'info');
  return lines
    .reverse()
    .filter(
      ({ seq, activity, level, message }) =>
        seq < Number(query.get('before') ?? Infinity) &&
        (query.get('activity') ?? activity) === activity &&
        LEVELS.indexOf(level) >= least &&
        message.toLowerCase().includes(search),
    )
    .slice(0, Number(query.get('limit') ?? 100));
}

function resultsOf(summary, activity) {
  const delivery = summary.deliveries.find((each) => each.activity === activity);
  if (delivery === undefined) return {};
  const { targeted, excluded, sent, failed, in_doubt } = delivery;
  return { targeted, excluded, sent, failed, in_doubt };
}
