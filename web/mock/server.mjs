/**
 * A stand-in for the Tutti server, for developing the web app and running its tests without the
 * binary: `npm run mock [PORT]`. It serves the API over a sample shop, and `dist/` if it was built.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CAMPAIGNS, KINDS, PORTS, TABLES } from './campaigns.mjs';
import { logsOf, tasksOf } from './history.mjs';
import { findMessage, listMessages } from './mails.mjs';
import { person } from './people.mjs';
import { countBy, findRun, listedOf, listRuns, startRun, summaryOf } from './runs.mjs';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const port = Number(process.argv[2] ?? process.env.PORT ?? 8080);
const startedAt = new Date().toISOString();

const routes = [
  ['GET', /^\/status$/, () => status()],
  ['GET', /^\/activity-kinds$/, () => KINDS],
  ['GET', /^\/tables$/, () => TABLES],
  ['GET', /^\/campaigns$/, () => CAMPAIGNS.map(listedCampaign)],
  ['GET', /^\/campaigns\/([^/]+)$/, (_, name) => fullCampaign(name)],
  [
    'POST',
    /^\/campaigns\/([^/]+)\/run$/,
    (_, name, body) => ({ run: startRun(name, body.mode).run }),
  ],
  ['GET', /^\/documents\/campaign\/([^/]+)$/, (_, name) => campaign(name)?.document],
  ['GET', /^\/runs$/, (query) => runs(query)],
  ['GET', /^\/runs\/([^/]+)$/, (_, id) => findRun(id) && summaryOf(findRun(id))],
  ['POST', /^\/runs\/([^/]+)\/(pause|resume|stop)$/, (_, id) => stop(id)],
  ['POST', /^\/runs\/([^/]+)\/restart$/, (_, id) => findRun(id) && { run: restart(findRun(id)) }],
  ['GET', /^\/runs\/([^/]+)\/tasks$/, (query, id) => findRun(id) && tasksOf(findRun(id), query)],
  [
    'GET',
    /^\/logs$/,
    (query) => findRun(query.get('run')) && logsOf(findRun(query.get('run')), query),
  ],
  ['GET', /^\/runs\/([^/]+)\/ledger$/, (query, id) => findRun(id) && ledger(findRun(id), query)],
  [
    'GET',
    /^\/runs\/([^/]+)\/populations\/([^/]+)$/,
    (query, id, _, activity) => findRun(id) && population(findRun(id), activity, query),
  ],
  ['GET', /^\/catcher\/messages$/, (query) => messages(query)],
  ['GET', /^\/catcher\/messages\/([^/]+)$/, (_, id) => findMessage(id)],
];

createServer((request, response) => {
  answer(request, response).catch((error) =>
    send(response, 500, {
      title: 'Mock failed',
      status: 500,
      detail: String(error),
      code: 'internal',
    }),
  );
}).listen(port, '127.0.0.1', () => console.log(`mock server on http://127.0.0.1:${port}`));

async function answer(request, response) {
  const url = new URL(request.url, 'http://mock');
  if (!url.pathname.startsWith('/api/v1/')) return serveFile(url.pathname, response);
  const path = url.pathname.slice('/api/v1'.length);
  for (const [method, pattern, handler] of routes) {
    const match = pattern.exec(path);
    if (match === null || method !== request.method) continue;
    const [, first, second] = match.map((part) => part && decodeURIComponent(part));
    const body = method === 'POST' ? await readBody(request) : {};
    const result = handler(url.searchParams, first, body, second);
    if (result !== undefined) return send(response, 200, result);
  }
  return send(response, 404, {
    title: 'Not found',
    status: 404,
    detail: `nothing is at \`${path}\``,
    code: 'not_found',
  });
}

async function readBody(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

function send(response, code, value) {
  const type = code >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(code, { 'content-type': type });
  response.end(JSON.stringify(value));
}

async function serveFile(path, response) {
  const file = join(DIST, normalize(path));
  const body = await readFile(file).catch(() => null);
  const found = body ?? (await readFile(join(DIST, 'index.html')).catch(() => null));
  if (found === null) return send(response, 404, { title: 'Not built', status: 404 });
  response.writeHead(200, {
    'content-type': TYPES[body === null ? '.html' : extname(file)] ?? 'application/octet-stream',
  });
  response.end(found);
}

function status() {
  return {
    version: '0.1.0-mock',
    data_dir: './tutti-data',
    started_at: startedAt,
    catcher: { smtp: '127.0.0.1:2525', messages: listMessages('').length },
    documents: { table: TABLES.length, campaign: CAMPAIGNS.length, dimension: 1, channel: 1 },
  };
}

function campaign(name) {
  return CAMPAIGNS.find(({ document }) => document.name === name);
}

function fullCampaign(name) {
  const found = campaign(name);
  if (found === undefined) return undefined;
  const ports = Object.fromEntries(
    found.document.canvas.activities.map((each) => [each.id, PORTS[each.type](each)]),
  );
  return { document: found.document, version: found.version, state: found.state, ports };
}

function listedCampaign({ document, version, state, updated_at }) {
  const last = listRuns().find((run) => run.campaign === document.name);
  const { name, label, description, tags } = document;
  return {
    name,
    label,
    description,
    tags,
    folder: null,
    version,
    state,
    updated_at,
    activities: document.canvas.activities.length,
    last_run: last === undefined ? null : listedOf(last),
  };
}

function runs(query) {
  const wanted = query.get('campaign');
  return listRuns()
    .filter((run) => wanted === null || run.campaign === wanted)
    .slice(0, Number(query.get('limit') ?? 100))
    .map(listedOf);
}

function stop(id) {
  const run = findRun(id);
  if (run === undefined) return undefined;
  run.state = 'stopped';
  run.durationMs = Date.now() - Date.parse(run.started_at);
  return {};
}

function page(rows, query) {
  const offset = Number(query.get('offset') ?? 0);
  return rows.slice(offset, offset + Number(query.get('limit') ?? 50));
}

function restart(run) {
  const again = startRun(run.campaign, run.mode);
  again.like = run.run;
  return again.run;
}

function ledger(run, query) {
  const is = (line, field) => (query.get(field) ?? line[field]) === line[field];
  const search = (query.get('search') ?? '').toLowerCase();
  const scope = run.ledger.filter(
    (line) =>
      is(line, 'activity') &&
      (search === '' || `${line.key} ${line.address}`.toLowerCase().includes(search)),
  );
  const rows = scope.filter((line) => is(line, 'status') && is(line, 'reason'));
  return {
    total: rows.length,
    rows: page(rows, query),
    counts: countBy(scope, 'status'),
    reasons: countBy(scope, 'reason'),
  };
}

function population(run, activity, query) {
  const port = query.get('port') ?? 'out';
  const total =
    summaryOf(run).transitions.find((each) => each.from === activity && each.port === port)?.rows ??
    0;
  const enriched = !['lapsed', 'buyers', 'target', 'who'].includes(activity);
  const columns = [
    ['customer_id', 'string'],
    ...(enriched
      ? [
          ['first_name', 'string'],
          ['last_purchase', 'date'],
          ['segment_code', 'string'],
        ]
      : []),
  ];
  const rows = Array.from({ length: total }, (_, n) => n + 1);
  return {
    dimension: 'customers',
    columns: columns.map(([name, type]) => ({ name, type })),
    rows: page(rows, query).map((n) => [
      person(n).key,
      ...(enriched ? [person(n).first, person(n).lastPurchase, port === 'out' ? null : port] : []),
    ]),
    total,
  };
}

function messages(query) {
  const found = listMessages(query.get('search') ?? '');
  return { total: found.length, messages: page(found, query) };
}
