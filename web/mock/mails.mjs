import { CAMPAIGNS } from './campaigns.mjs';
import { person } from './people.mjs';
import { findRun, listRuns } from './runs.mjs';

const FROM = 'Tutti Shop <hello@shop.example>';

/** Every message that a live run handed over, newest first, without its body. */
export function listMessages(search) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return listRuns()
    .filter(({ mode }) => mode === 'live')
    .flatMap((run) =>
      run.ledger.filter(({ status }) => status === 'sent').map((line) => headOf(run, line)),
    )
    .filter((mail) => words.every((word) => hasWord(mail, word)))
    .sort((a, b) => (a.received_at < b.received_at ? 1 : -1));
}

/** A word anywhere, or whole in a field (`run:run_1`), as the server has it. */
function hasWord(mail, word) {
  const [, field, value] = /^(run|activity|key):(.+)$/.exec(word) ?? [];
  if (field !== undefined) return mail[field].toLowerCase() === value;
  const texts = [mail.subject, mail.to[0], mail.key, mail.message_id];
  return texts.some((text) => text.toLowerCase().includes(word));
}

export function findMessage(id) {
  const [runId, key] = id.split('.');
  const run = findRun(runId);
  const line = run?.ledger.find((each) => each.key === key && each.status === 'sent');
  if (line === undefined) return undefined;
  const head = headOf(run, line);
  const { html } = templates(run, line);
  const text = `Hello ${who(line).first},\n\nyour last order is a while ago. See what is new:\nhttps://shop.example/back\n\nUnsubscribe: https://shop.example/u/x`;
  const headers = [
    { name: 'From', value: FROM },
    { name: 'To', value: line.address },
    { name: 'Subject', value: head.subject },
    { name: 'Date', value: new Date(head.received_at).toUTCString() },
    { name: 'Message-ID', value: line.message_id },
    { name: 'X-Tutti-Run', value: run.run },
    { name: 'X-Tutti-Activity', value: line.activity },
    { name: 'X-Tutti-Key', value: line.key },
    { name: 'List-Unsubscribe', value: '<https://shop.example/u/x>' },
    { name: 'MIME-Version', value: '1.0' },
    { name: 'Content-Type', value: 'multipart/alternative; boundary="tutti"' },
  ];
  const raw = `${headers.map(({ name, value }) => `${name}: ${value}`).join('\r\n')}\r\n\r\n--tutti\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n--tutti\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}\r\n--tutti--\r\n`;
  return { ...head, headers, text, html, raw, size: raw.length };
}

function headOf(run, line) {
  return {
    id: `${run.run}.${line.key}`,
    received_at: line.updated_at,
    from: FROM,
    to: [line.address],
    subject: templates(run, line).subject,
    size: 3_100 + (line.key.charCodeAt(6) % 10) * 17,
    run: run.run,
    activity: line.activity,
    key: line.key,
    message_id: line.message_id,
  };
}

function who(line) {
  return person(Number(line.key.slice(1)));
}

function templates(run, line) {
  const campaign = CAMPAIGNS.find(({ document }) => document.name === run.campaign);
  const { subject, html } = campaign.document.canvas.activities.find(
    ({ id }) => id === line.activity,
  );
  const { first, lastPurchase } = who(line);
  const values = {
    first_name: first,
    last_purchase: lastPurchase,
    month: 'November',
    unsubscribe_url: 'https://shop.example/u/x',
  };
  const fill = (text) => text.replace(/\{\{\s*(\w+)[^}]*\}\}/g, (_, name) => values[name] ?? '');
  return { subject: fill(subject), html: fill(html) };
}
