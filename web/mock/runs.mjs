import { CAMPAIGNS, PORTS } from './campaigns.mjs';
import { hash, person } from './people.mjs';

/** Rows on each port of `winback`, as shares of one run's size. */
const FLOW = [
  ['lapsed', 'out', 'target', 12_210],
  ['buyers', 'out', 'target', 41_874],
  ['target', 'out', 'facts', 9_377],
  ['target', 'complement', null, 2_833],
  ['facts', 'out', 'unique', 9_377],
  ['unique', 'out', 'ab', 9_162],
  ['unique', 'complement', null, 215],
  ['ab', 'gold', 'mail_gold', 1_104],
  ['ab', 'a', 'mail_a', 4_029],
  ['ab', 'b', 'mail_b', 4_029],
  ['mail_gold', 'out', 'pause', 0],
  ['pause', 'out', 'remember', 0],
  ['mail_a', 'out', 'remember', 0],
  ['mail_b', 'out', 'remember', 0],
  ['remember', 'out', 'done', 0],
];
const REASONS = [
  'no_consent',
  'no_consent',
  'no_consent',
  'suppressed',
  'malformed_address',
  'no_address',
  'frequency_cap',
];
const FAILURE = {
  code: 'channel_unreachable',
  message: 'connecting to `127.0.0.1:2526` failed: connection refused',
};
const STEP_MS = 900;
const runs = [];

add('winback', 6, 'live', 'completed', '2026-11-19T09:00:00Z', 48_120, 1);
add('newsletter', 12, 'live', 'completed', '2026-11-06T10:00:02Z', 18_400, 1);
add('birthday', 3, 'live', 'failed', '2026-11-22T08:00:00Z', 4_100, 1);
add('winback', 7, 'test', 'completed', '2026-11-20T14:05:30Z', 9_210, 1);
add('winback', 7, 'live', 'completed', '2026-11-23T09:00:00Z', 61_903, 1);

/** Starts a run whose steps complete one after the other in real time. */
export function startRun(campaign, mode) {
  const { version } = CAMPAIGNS.find(({ document }) => document.name === campaign);
  return add(campaign, version, mode, 'running', new Date().toISOString(), null, 0);
}

export function listRuns() {
  return [...runs].sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
}

export function findRun(id) {
  return runs.find((run) => run.run === id);
}

function add(campaign, version, mode, state, startedAt, durationMs, seed) {
  const id = `run_01J${hash(`${campaign}${startedAt}`).toString(36).toUpperCase().padStart(7, '0')}${runs.length}`;
  const run = {
    run: id,
    campaign,
    version,
    mode,
    state,
    started_at: startedAt,
    durationMs,
    seed,
    paused: false,
  };
  run.ledger = state === 'failed' ? [] : ledgerOf(run);
  runs.push(run);
  return run;
}

function flowOf(campaign) {
  if (campaign === 'winback') return FLOW;
  const size = { newsletter: 18_020, birthday: 317, vip_spring: 700 }[campaign];
  return [
    ['who', 'out', 'mail', size],
    ['mail', 'out', 'done', 0],
  ];
}

function ledgerOf(run) {
  const lines = [];
  let n = 1;
  for (const [from, , to, rows] of flowOf(run.campaign)) {
    if (to === null || !to.startsWith('mail')) continue;
    void from;
    for (let i = 0; i < rows; i++, n++) lines.push(line(run, to, n));
  }
  return lines;
}

function line(run, activity, n) {
  const h = hash(`${run.run} ${n}`) % 1000;
  const who = person(n);
  const base = {
    run: run.run,
    activity,
    key: who.key,
    secondary_key: null,
    channel: 'email',
    address: who.email,
    updated_at: new Date(Date.parse(run.started_at) + 20_000 + n).toISOString(),
  };
  if (h < 41) {
    const reason = REASONS[h % REASONS.length];
    const address = reason === 'no_address' ? null : who.email;
    return { ...base, address, status: 'excluded', reason, message_id: null, attempts: 0 };
  }
  const message_id = `<${hash(`${run.run} ${n}`).toString(36)}.${n}@tutti.shop.example>`;
  if (run.mode === 'test')
    return { ...base, status: 'pending', reason: 'test_run', message_id: null, attempts: 0 };
  if (h < 47) return { ...base, status: 'failed', reason: 'smtp_550', message_id, attempts: 1 };
  if (h < 49)
    return { ...base, status: 'in_doubt', reason: 'connection_lost', message_id, attempts: 1 };
  return { ...base, status: 'sent', reason: null, message_id, attempts: h < 60 ? 2 : 1 };
}

export function countBy(lines, field) {
  const counts = {};
  for (const each of lines)
    if (each[field] !== null) counts[each[field]] = (counts[each[field]] ?? 0) + 1;
  return counts;
}

/** The run summary of the contract; a running run is as far as its age says. */
export function summaryOf(run) {
  const document = CAMPAIGNS.find((each) => each.document.name === run.campaign).document;
  const ids = document.canvas.activities.map(({ id }) => id);
  const done = doneCount(run, ids.length);
  if (run.state === 'running' && done >= ids.length) {
    run.state = 'completed';
    run.durationMs = Date.now() - Date.parse(run.started_at);
  }
  const stateOf = (id) => activityState(run, ids.indexOf(id), done);
  const rows = outRows(run, document);
  return {
    run: run.run,
    campaign: run.campaign,
    version: run.version,
    state: run.state,
    mode: run.mode,
    started_at: run.started_at,
    finished_at:
      run.durationMs === null || run.state === 'running'
        ? null
        : new Date(Date.parse(run.started_at) + run.durationMs).toISOString(),
    ...(run.state === 'failed' && { error: { ...FAILURE, activity: 'mail' } }),
    activities: document.canvas.activities.map((activity) =>
      activityOf(run, activity, stateOf(activity.id), rows),
    ),
    transitions: flowOf(run.campaign)
      .filter(([from]) => stateOf(from) === 'completed')
      .map(([from, port, to]) => ({ from, port, to, rows: rows(from, port) })),
    deliveries: document.canvas.activities
      .filter(({ id, type }) => type === 'email' && ['completed', 'running'].includes(stateOf(id)))
      .map(({ id }) => delivery(run, id, stateOf(id))),
  };
}

function doneCount(run, total) {
  if (run.state === 'failed') return 1;
  if (run.state !== 'running') return total;
  return Math.floor((Date.now() - Date.parse(run.started_at)) / STEP_MS);
}

function activityState(run, index, done) {
  if (index < done) return 'completed';
  if (index > done) return 'waiting';
  return run.state === 'failed' ? 'failed' : 'running';
}

function outRows(run, document) {
  return (from, port) => {
    const type = document.canvas.activities.find(({ id }) => id === from).type;
    if (type === 'email')
      return delivery(run, from, 'completed').targeted - delivery(run, from, 'completed').excluded;
    if (from === 'pause') return outRows(run, document)('mail_gold', 'out');
    if (from === 'remember')
      return ['mail_gold', 'mail_a', 'mail_b'].reduce(
        (sum, id) => sum + outRows(run, document)(id, 'out'),
        0,
      );
    return flowOf(run.campaign).find(([id, p]) => id === from && p === port)[3];
  };
}

function activityOf(run, activity, state, rows) {
  const elapsed = 8 + (hash(activity.id) % 900);
  const started = Date.parse(run.started_at) + (hash(activity.id) % 30_000);
  const ran = state === 'completed' || state === 'failed';
  const out = (PORTS[activity.type](activity) ?? [])[0];
  return {
    id: activity.id,
    type: activity.type,
    state,
    elapsed_ms: ran ? elapsed : null,
    attempts: state === 'waiting' ? 0 : state === 'failed' ? 3 : 1,
    started_at: state === 'waiting' ? null : new Date(started).toISOString(),
    finished_at: ran ? new Date(started + elapsed).toISOString() : null,
    note:
      state === 'completed' && out !== undefined
        ? `${rows(activity.id, out).toLocaleString('en')} rows went on.`
        : null,
    error: state === 'failed' ? FAILURE : null,
  };
}

function delivery(run, activity, state) {
  const lines = run.ledger.filter((each) => each.activity === activity);
  const counts = countBy(lines, 'status');
  const excluded = lines.filter(({ status }) => status === 'excluded');
  const sent = counts.sent ?? 0;
  const half = state === 'running' ? Math.floor(sent / 2) : 0;
  return {
    activity,
    targeted: lines.length,
    excluded: excluded.length,
    sent: sent - half,
    failed: counts.failed ?? 0,
    in_doubt: counts.in_doubt ?? 0,
    pending: (counts.pending ?? 0) + half,
    exclusions: countBy(excluded, 'reason'),
  };
}

/** The run as lists show it. */
export function listedOf(run) {
  const summary = summaryOf(run);
  const sum = (field) => summary.deliveries.reduce((total, each) => total + each[field], 0);
  const { activities, transitions, deliveries, ...head } = summary;
  void [activities, transitions, deliveries];
  return {
    ...head,
    targeted: sum('targeted'),
    sent: sum('sent'),
    failed: sum('failed'),
    excluded: sum('excluded'),
  };
}
