/** The part of the start page about webhooks: asks the local warehouse whenever it has gained rows. */
import {
  breakable,
  byId,
  cellOf,
  NOT_REACHABLE,
  noteRow,
  request,
  setText,
  tableRow,
  timeOf,
  traceLink,
} from './elements.js';
import { showFunnel } from './funnel.js';
import { EXAMPLE, FUNNEL, LATEST } from './queries.js';

/** The first query starts the database, which takes seconds. */
const QUERY_MS = 30_000;
const COLUMNS = 5;
/** Nothing of the warehouse is shown, or what is shown may be of a process that is gone. */
const NONE = -1;

let shownRows = NONE;
let isAsking = false;
/** Until a query succeeds, the note says so: it would flicker if each new try announced itself. */
let isFailing = false;

/** The rows of a query as objects. @throws Error in words */
const query = async (sql) => {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
  };
  const { body, fault } = await request('/warehouse/query', init, QUERY_MS);
  if (body === undefined) throw new Error(fault);
  return body.rows.map((row) => Object.fromEntries(body.columns.map((name, index) => [name, row[index]])));
};

const eventRow = ({ timestamp, object_type: channel, metric, person_id, delivery_id, address }) =>
  tableRow([
    cellOf(timeOf(timestamp)),
    cellOf(breakable(`${channel} ${metric}`)),
    cellOf(traceLink(person_id), 'person'),
    cellOf(traceLink(delivery_id), 'delivery'),
    cellOf(address ?? '–', 'to'),
  ]);

const note = (text, isBad = false) => {
  setText(byId('webhooks-note'), text, isBad);
  byId('webhooks-note').hidden = text === '';
};

const showNothing = (text) => {
  shownRows = NONE;
  note(text);
  byId('funnel-box').hidden = true;
  byId('events').replaceChildren(noteRow('none yet', false, COLUMNS));
};

const ask = async (rows) => {
  if (shownRows === NONE && !isFailing) note('Starting the warehouse …');
  try {
    const [totals] = await query(FUNNEL);
    const events = await query(LATEST);
    byId('funnel-box').hidden = false;
    showFunnel(totals);
    byId('events').replaceChildren(...events.map(eventRow));
    shownRows = rows;
    isFailing = false;
    note('');
  } catch (error) {
    isFailing = true;
    note(`The warehouse gives no answer: ${error.message}.`, true);
  }
};

/** Shows what `/status.json` tells of the webhooks; asks the warehouse only where there is something new. */
export const showWebhooks = async (webhooks) => {
  if (webhooks === undefined) {
    shownRows = NONE;
    isFailing = false;
    return note(NOT_REACHABLE, true);
  }
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
  return `npm run cli -- warehouse query${url} \\\n  '${EXAMPLE}'`;
};

setText(byId('webhook-by-curl'), curlExample(location.origin));
setText(byId('warehouse-by-cli'), queryExample(location.origin));
