/** What both parts of the page use. Everything shown is set as text, never as markup. */

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

/** A row of a table that has only a note, over all of its columns. */
export const noteRow = (text, isBad, columns) => {
  const row = create('tr');
  const cell = create('td', text);
  cell.colSpan = columns;
  cell.classList.toggle('bad', isBad);
  row.append(cell);
  return row;
};

/** The parsed JSON of a path, or undefined when it cannot be had. */
export const read = async (path, init = {}, patienceMs = PATIENCE_MS) => {
  try {
    const response = await fetch(path, {
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
      ...init,
    });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
};
