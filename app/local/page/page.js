/** The start page: polls what the process tells of itself. Everything shown is set as text, never as markup. */
import {
  breakable,
  byId,
  cellOf,
  create,
  NOT_REACHABLE,
  noteRow,
  number,
  read,
  setText,
  tableRow,
  traceHash,
} from './elements.js';
import { showWebhooks } from './webhooks.js';

const POLL_MS = 1000;
const SHOWN_REQUESTS = 10;
const COLUMNS = 4;
const WRITE_KEY = 'local';

const show = (name, text, isBad = false) => {
  for (const element of document.querySelectorAll(`[data-show="${name}"]`)) setText(element, text, isBad);
};

const TOPICS = ['identify', 'track', 'processed', 'dlq'];
const STATUS_FIELDS = ['bus', 'worker-partitions', 'worker-waiting', 'worker-state', 'target'];

const showTarget = (target) => {
  const isOwnFake = URL.parse(target)?.port === location.port && target.includes('/fake-customerio/');
  show('target', isOwnFake ? 'the fake in this process' : target);
};

const showStatus = (status) => {
  if (status === undefined) {
    for (const topic of TOPICS) show(`topic-${topic}`, '–', true);
    for (const field of STATUS_FIELDS) show(field, NOT_REACHABLE, true);
    return;
  }
  const { bus, topics = {}, worker = {}, target = '' } = status;
  show('bus', bus === 'kafka' ? 'Kafka' : 'in memory');
  for (const topic of TOPICS) show(`topic-${topic}`, number(topics[topic]));
  show('worker-partitions', number(worker.partitions));
  show('worker-waiting', number(worker.waiting));
  const held = worker.heldFor;
  const idle = worker.partitions > 0 ? 'working' : 'joining the consumer group';
  show('worker-state', held ? `holding: ${held}` : idle, Boolean(held));
  showTarget(String(target));
};

const showReady = (ready) => {
  const isUp = ready !== undefined;
  show('ready', isUp ? 'accepts events' : NOT_REACHABLE, !isUp);
};

/** `rateLimited` as `rate limited`. */
const words = (name) => name.replace(/[A-Z_]/g, (letter) => ` ${letter.replace('_', '').toLowerCase()}`);

const showStats = (stats) => {
  const counts = Object.entries(stats ?? {}).filter(([, value]) => typeof value === 'number');
  const rows = counts.map(([name, value]) => {
    const row = create('div');
    row.append(create('dt', words(name)), create('dd', number(value)));
    return row;
  });
  const missing = create('dt', NOT_REACHABLE);
  missing.className = 'bad';
  byId('stats').replaceChildren(...(stats === undefined ? [missing] : rows));
};

const requestRow = ({ at, method, path, status, items }) => {
  const time = create('td', String(at ?? '').slice(11, 23));
  time.title = String(at ?? '');
  const code = create('td', String(status ?? ''));
  code.classList.toggle('bad', status >= 400);
  return tableRow([
    time,
    cellOf(breakable(`${method ?? ''} ${path ?? ''}`)),
    code,
    create('td', String(items ?? '')),
  ]);
};

const showRequests = (requests) => {
  const body = byId('requests');
  if (!Array.isArray(requests)) return body.replaceChildren(noteRow(NOT_REACHABLE, true, COLUMNS));
  const latest = requests.slice(-SHOWN_REQUESTS).reverse();
  body.replaceChildren(
    ...(latest.length > 0 ? latest.map(requestRow) : [noteRow('none yet', false, COLUMNS)]),
  );
};

const summaryOf = (status) => {
  if (status === undefined) return 'The platform is not reachable: is npm start still running?';
  const { identify = 0, track = 0, dlq = 0 } = status.topics ?? {};
  return `Events in the topics: ${number(identify + track)}. Dead letters: ${number(dlq)}.`;
};

const poll = async () => {
  const [status, ready, stats, requests] = await Promise.all([
    read('/status.json'),
    read('/readyz'),
    read('/fake-customerio/_control/stats'),
    read('/fake-customerio/_control/requests'),
  ]);
  showStatus(status);
  showReady(ready);
  showStats(stats);
  showRequests(requests);
  void showWebhooks(status?.webhooks);
  setText(byId('summary'), summaryOf(status), status === undefined);
  setTimeout(poll, POLL_MS);
};

const TEST_EVENT = { userId: 'test-person', event: 'Test Sent', properties: { from: 'start page' } };

const postTestEvent = async () => {
  const response = await fetch('/v1/track', {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${WRITE_KEY}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify(TEST_EVENT),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  const hint = response.status === 401 ? '\nThe write key here is not "local": see INGEST_WRITE_KEYS.' : '';
  const id = response.ok ? response.headers.get('x-correlation-id') : null;
  return { text: `HTTP ${response.status}\n${text}${hint}`, isBad: !response.ok, id };
};

const sendTestEvent = async () => {
  const button = byId('send');
  const answer = byId('answer');
  button.disabled = true;
  const { text, isBad, id } = await postTestEvent().catch(() => ({ text: NOT_REACHABLE, isBad: true }));
  answer.hidden = false;
  setText(answer, text, isBad);
  byId('answer-trace').hidden = !id;
  if (id) byId('answer-trace').querySelector('a').href = traceHash(id);
  button.disabled = false;
};

const curlExample = (origin) =>
  [
    `curl -u ${WRITE_KEY}: -H 'Content-Type: application/json' \\`,
    `  -d '{"userId":"ada","event":"Order Completed","properties":{"total":12.5}}' \\`,
    `  ${origin}/v1/track`,
  ].join('\n');

const sdkExample = (origin) =>
  [
    "import { Analytics } from '@segment/analytics-node';",
    '',
    `const analytics = new Analytics({ writeKey: '${WRITE_KEY}', host: '${origin}', flushAt: 1 });`,
    "analytics.track({ userId: 'ada', event: 'Order Completed', properties: { total: 12.5 } });",
    'await analytics.closeAndFlush();',
  ].join('\n');

setText(byId('by-curl'), curlExample(location.origin));
setText(byId('by-sdk'), sdkExample(location.origin));
byId('send').addEventListener('click', sendTestEvent);
await poll();
