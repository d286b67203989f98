/** The part of the start page that traces an id: `#trace=<id>` in the address, or the form, asks `/trace/<id>`. */
import {
  byId,
  cellOf,
  create,
  request,
  setText,
  tableRow,
  timeOf,
  traceHash,
  traceLink,
} from './elements.js';

/** A trace reads topics, and its first one may start the warehouse's database. */
const TRACE_MS = 90_000;
/** The events that the page shows may be as old as the warehouse takes them, and their links must not lead nowhere. */
const SINCE = '30d';
const PREFIX = '#trace=';
/** A person may have done a lot: the page stays quick, and the command shows the rest. */
const MOST = 200;
const IDS = {
  eventId: 'event',
  messageId: 'message',
  correlationId: 'correlation',
  deliveryId: 'delivery',
  person: 'person',
  webhookId: 'webhook',
};
/** States of a verdict and kinds of a step that somebody should look at. */
const isBad = (state) => ['dead', 'quarantined', 'refused'].includes(state);

let asked = new AbortController();

/** The id in the address; undefined for none, empty for one that cannot be read. */
const idInAddress = () => {
  if (!location.hash.startsWith(PREFIX)) return undefined;
  try {
    return decodeURIComponent(location.hash.slice(PREFIX.length)).trim();
  } catch {
    return '';
  }
};

/** An id as a link to its trace, or as text where it is the one that is shown. */
const idOf = (id, traced) => {
  const element = id === traced ? create('b', id) : traceLink(id);
  element.classList.add('id');
  return element;
};

/** What a verdict is about, and its id if it has one. */
const subjectOf = ({ eventId, deliveryId }, traced) => {
  if (deliveryId) return ['Delivery ', idOf(deliveryId, traced), ': '];
  return eventId ? ['Event ', idOf(eventId, traced), ': '] : ['Without an id of its own: '];
};

const verdictItem = (verdict, traced) => {
  const { state, eventId, deliveryId, words } = verdict;
  const item = create('li');
  item.classList.toggle('bad', isBad(state));
  item.append(...subjectOf(verdict, traced), `${words}.`);
  if (deliveryId && eventId) item.append(' It comes from event ', idOf(eventId, traced), '.');
  return item;
};

const idsCell = (step, traced) => {
  const cell = cellOf('');
  for (const [key, name] of Object.entries(IDS)) {
    if (!step[key]) continue;
    const line = create('span', `${name} `);
    line.className = 'line';
    line.append(idOf(String(step[key]), traced));
    cell.append(line);
  }
  return cell;
};

const stepRow = (step, traced) => {
  const what = cellOf(step.what ?? '');
  what.classList.toggle('bad', isBad(step.kind));
  return tableRow([cellOf(timeOf(step.at)), cellOf(step.where ?? '', 'in'), what, idsCell(step, traced)]);
};

/** At most so many verdicts, those that tell of trouble before all others. */
const mostOf = (verdicts) => {
  if (verdicts.length <= MOST) return verdicts;
  const { bad = [], good = [] } = Object.groupBy(verdicts, (verdict) =>
    isBad(verdict.state) ? 'bad' : 'good',
  );
  return [...bad, ...good].slice(0, MOST);
};

/** What was looked at and from when on, what was not read to its end, and what is not shown. */
const remarksOn = ({ searched = {}, since }, hidden) => {
  const names = Object.keys(searched);
  const unread = names.filter((name) => searched[name] === false);
  return [
    ...(names.length > 0 ? [`Looked in ${names.join(', ')}${since ? ` from ${since} on` : ''}.`] : []),
    ...(unread.length > 0 ? [`Not read to the end: ${unread.join(', ')}.`] : []),
    ...(hidden > 0 ? [`${hidden} more are not shown; the command cio-platform trace shows more.`] : []),
  ].join(' ');
};

const tell = (text, isBad = false) => setText(byId('trace-note'), text, isBad);

const showTrace = (id, found) => {
  const { verdicts = [], steps = [] } = found;
  const hidden = [steps, verdicts].reduce((sum, { length }) => sum + Math.max(0, length - MOST), 0);
  const isKnown = steps.length > 0 || verdicts.length > 0;
  tell(isKnown ? `What became of ${id}:` : `Nothing is known of ${id}.`);
  byId('verdicts').replaceChildren(...mostOf(verdicts).map((verdict) => verdictItem(verdict, id)));
  byId('steps').replaceChildren(...steps.slice(-MOST).map((step) => stepRow(step, id)));
  setText(byId('trace-remarks'), remarksOn(found, hidden));
  byId('trace-found').hidden = !isKnown;
};

const clear = () => {
  byId('trace-found').hidden = true;
  setText(byId('trace-remarks'), '');
};

const trace = async (id) => {
  asked.abort();
  asked = new AbortController();
  const { signal } = asked;
  clear();
  byId('trace-id').value = id;
  if (id === '') return tell('The address holds no id that could be read.', true);
  tell(`Looking for ${id} …`);
  const path = `/trace/${encodeURIComponent(id.toWellFormed())}?since=${SINCE}`;
  const { body, fault } = await request(path, { signal }, TRACE_MS);
  // Another id was asked for meanwhile.
  if (signal.aborted) return;
  if (body === undefined) tell(`${id} could not be traced: ${fault}.`, true);
  else showTrace(id, body);
};

const followAddress = () => {
  const id = idInAddress();
  if (id === undefined) {
    asked.abort();
    clear();
    return tell('');
  }
  byId('trace').scrollIntoView();
  return trace(id);
};

const submit = (event) => {
  event.preventDefault();
  const id = byId('trace-id').value.trim();
  if (id === '') return tell('Give an id first.', true);
  // The same address again is no change of it.
  if (id === idInAddress()) return trace(id);
  location.hash = traceHash(id);
};

byId('trace-form').addEventListener('submit', submit);
addEventListener('hashchange', followAddress);
void followAddress();
