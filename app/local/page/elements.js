/** What the parts of the page use. Everything shown is set as text, never as markup. */

const PATIENCE_MS = 3000;

export const NOT_REACHABLE = 'not reachable';

export const byId = (id) => document.getElementById(id);

/** Sets text only where it differs, so that a screen reader hears changes alone. */
export const setText = (element, text, isBad = false) => {
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle('bad', isBad);
};

export const create = (tag, text = '') => {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
};

export const number = (value) => (Number.isFinite(value) ? value.toLocaleString('en') : '?');

export const tableRow = (cells) => {
  const row = create('tr');
  row.append(...cells);
  return row;
};

/** A text that may be broken after a slash or an underscore before it is broken anywhere else. */
export const breakable = (text) =>
  text.split(/(?<=[/_])/).flatMap((part, index) => (index === 0 ? [part] : [create('wbr'), part]));

/** A cell with what goes into it, a text, an element or several, and the label that a narrow screen shows before it. */
export const cellOf = (content, label = '') => {
  const cell = create('td');
  cell.append(...[content].flat());
  if (label !== '') cell.dataset.label = label;
  return cell;
};

/** A row of a table that has only a note, over all of its columns. */
export const noteRow = (text, isBad, columns) => {
  const cell = create('td', text);
  cell.colSpan = columns;
  cell.classList.toggle('bad', isBad);
  return tableRow([cell]);
};

/** A time, given as RFC 3339, by its date and time of day; the whole of it shows when it is pointed at. */
export const timeOf = (value) => {
  const at = new Date(value ?? Number.NaN);
  if (Number.isNaN(at.getTime())) return create('span', String(value ?? '–'));
  const exact = at.toISOString();
  const [day, clock] = exact.split('T');
  const element = create('time', `${day} ${clock.slice(0, clock.endsWith('.000Z') ? 8 : 12)}`);
  element.dateTime = exact;
  element.title = exact;
  return element;
};

/** The address of the trace of an id. */
export const traceHash = (id) => `#trace=${encodeURIComponent(id.toWellFormed())}`;

/** An id as a link to its trace; a dash for none. */
export const traceLink = (id) => {
  if (id === undefined || id === null || id === '') return create('span', '–');
  const link = create('a', String(id));
  link.href = traceHash(String(id));
  return link;
};

const problemOf = async (response) => {
  const { message } = await response.json().catch(() => ({}));
  return typeof message === 'string' && message !== '' ? message : `HTTP ${response.status}`;
};

/** `{body}`, the parsed JSON of a path, or `{fault}`: in words, why it cannot be had. */
export const request = async (path, init = {}, patienceMs = PATIENCE_MS) => {
  const patience = AbortSignal.timeout(patienceMs);
  const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience;
  try {
    const response = await fetch(path, { cache: 'no-store', ...init, signal });
    return response.ok ? { body: await response.json() } : { fault: await problemOf(response) };
  } catch (error) {
    if (error.name === 'TimeoutError') return { fault: `no answer within ${patienceMs / 1000} s` };
    return { fault: error.name === 'SyntaxError' ? 'the answer is no JSON' : NOT_REACHABLE };
  }
};

/** The parsed JSON of a path, or undefined when it cannot be had. */
export const read = async (path) => (await request(path)).body;
