/** The part of the start page about webhooks: asks the local warehouse whenever it has gained rows. */
import { byId, create, NOT_REACHABLE, noteRow, number, read, setText } from './elements.js';

/** The first query starts the database, which takes seconds. */
const QUERY_MS = 30_000;
const STEPS = ['sent', 'delivered', 'opened', 'clicked', 'converted'];
const TROUBLES = ['bounced', 'unsubscribed', 'spammed'];
const ROW_HEIGHT = 44;
const BAR = { y: 22, height: 12 };
const COLUMNS = 4;

const sums = [...STEPS, ...TROUBLES].map((step) => `SUM(${step}) AS ${step}`).join(', ');
const FUNNEL = `SELECT ${sums} FROM \`customerio_events.message_funnel\``;
const EVENTS = [
  'SELECT timestamp, object_type, metric, person_id, COALESCE(recipient, email_address, device_id) AS address',
  'FROM `customerio_events.delivery_events_deduplicated`',
  'ORDER BY received_at DESC, recipient_index LIMIT 10',
].join(' ');

let shownRows = -1;
let isAsking = false;

/** The rows of a query as objects, or undefined. */
const query = async (sql) => {
  const answer = await read(
    '/warehouse/query',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ sql }) },
    QUERY_MS,
  );
  return answer?.rows.map((row) =>
    Object.fromEntries(answer.columns.map((name, index) => [name, row[index]])),
  );
};

const svg = (tag, attributes, text = '') => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
};

/** A step of the funnel: its name, its count with its share of those sent, and a bar. */
const stepRow = (step, index, counts) => {
  const [sent] = counts;
  const count = counts[index];
  const width = (100 * count) / Math.max(1, ...counts);
  const group = svg('svg', { y: index * ROW_HEIGHT, width: '100%', height: ROW_HEIGHT });
  const share = index > 0 && sent > 0 ? ` · ${Math.round((100 * count) / sent)} %` : '';
  group.append(
    svg('text', { x: 0, y: 14 }, step),
    svg('text', { x: '100%', y: 14, 'text-anchor': 'end', class: 'count' }, `${number(count)}${share}`),
    svg('rect', { ...BAR, width: '100%', rx: 3, class: 'track' }),
    svg('rect', { ...BAR, width: `${width}%`, rx: 3, class: 'bar' }),
  );
  return group;
};

const showFunnel = (totals) => {
  const chart = byId('funnel');
  const counts = STEPS.map((step) => Number(totals[step] ?? 0));
  chart.setAttribute('height', STEPS.length * ROW_HEIGHT);
  chart.setAttribute('aria-label', STEPS.map((step, index) => `${step} ${counts[index]}`).join(', '));
  chart.replaceChildren(...STEPS.map((step, index) => stepRow(step, index, counts)));
  const troubles = TROUBLES.map((step) => `${number(Number(totals[step] ?? 0))} ${step}`);
  setText(byId('troubles'), `Deliveries, over all messages. Beside these: ${troubles.join(', ')}.`);
};

const eventRow = ({ timestamp, object_type: channel, metric, person_id: person, address }) => {
  const row = create('tr');
  const time = create('td', String(timestamp ?? '').slice(11, 19));
  const texts = [`${channel} ${metric}`, person ?? '–', address ?? '–'];
  row.append(time, ...texts.map((text) => create('td', String(text))));
  return row;
};

const showEvents = (events) => byId('events').replaceChildren(...events.map(eventRow));

const note = (text, isBad = false) => {
  setText(byId('webhooks-note'), text, isBad);
  byId('webhooks-note').hidden = text === '';
};

const showNothing = (text) => {
  note(text);
  byId('funnel-box').hidden = true;
  byId('events').replaceChildren(noteRow('none yet', false, COLUMNS));
};

const ask = async (rows) => {
  if (shownRows < 0) note('Starting the warehouse …');
  const [totals] = (await query(FUNNEL)) ?? [];
  const events = await query(EVENTS);
  if (totals === undefined || events === undefined) return note(`The warehouse is ${NOT_REACHABLE}.`, true);
  note('');
  byId('funnel-box').hidden = false;
  showFunnel(totals);
  showEvents(events);
  shownRows = rows;
};

/** Shows what `/status.json` tells of the webhooks; asks the warehouse only where there is something new. */
export const showWebhooks = async (webhooks) => {
  if (webhooks === undefined) return note(NOT_REACHABLE, true);
  if (webhooks.stream === 'pubsub')
    return showNothing('Webhooks go to Pub/Sub, so there is no warehouse here.');
  if (webhooks.rows === 0)
    return showNothing('No webhook has come yet: the command below has the fake Customer.io send one.');
  if (isAsking || webhooks.rows === shownRows) return;
  isAsking = true;
  await ask(webhooks.rows);
  isAsking = false;
};

const curlExample = (origin) =>
  [
    `curl -H 'Content-Type: application/json' \\`,
    `  -d '{"object_type":"email","metric":"sent","person":"ada"}' \\`,
    `  ${origin}/fake-customerio/_control/webhooks`,
  ].join('\n');

const queryExample = (origin) => {
  const url = origin.endsWith(':8080') ? '' : ` --url ${origin}`;
  return `npm run cli -- warehouse query${url} 'SELECT day, origin, sent, opened FROM \`customerio_events.message_funnel\`'`;
};

setText(byId('webhook-by-curl'), curlExample(location.origin));
setText(byId('warehouse-by-cli'), queryExample(location.origin));
