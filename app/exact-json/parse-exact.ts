import { randomUUID } from 'node:crypto';

/** Of numbers in JSON, those that a double may not keep: of 16 digits or more, or with an exponent of 3 or more. */
const LONG = String.raw`-?\d(?:[\d.]{15,}(?:[eE][+-]?\d+)?|[\d.]*[eE][+-]?\d{3,})`;
/** Whether there may be one, after what comes before numbers in objects and arrays. Nearly every text ends here: it must be fast. */
const CANDIDATE = /[:[, \n\r\t]-?\d(?:[\d.]{15}|[\d.]*[eE][+-]?\d{3})/;
/** Those after it, also in strings. */
const CANDIDATES = new RegExp(String.raw`[:[, \n\r\t](${LONG})`, 'g');
/** Strings are passed over. */
const STRINGS_AND_LONG = new RegExp(String.raw`"[^"\\]*(?:\\.[^"\\]*)*"|${LONG}`, 'g');

/** Begins the strings that stand for numbers while a text is parsed; nobody can know it, so no text holds one. */
const MARK = randomUUID();

/** One object or array on the way from the whole value to a number in it, and the key where the way goes on. */
export interface Step {
  readonly container: Record<string, unknown>;
  readonly key: string;
}

/** Hears of a number that a double does not keep: its digits, and the way to it, which begins above the whole value. */
export type OnInexact = (digits: string, way: readonly Step[]) => void;

const isKept = (digits: string): boolean => {
  const value = Number(digits);
  return String(value) === digits && (!Number.isInteger(value) || Number.isSafeInteger(value));
};

const hasInexact = (text: string): boolean => {
  if (!CANDIDATE.test(text)) return false;
  for (const [, digits = ''] of text.matchAll(CANDIDATES)) if (!isKept(digits)) return true;
  return false;
};

const withMarks = (text: string): string =>
  text.replace(STRINGS_AND_LONG, (found) =>
    found.startsWith('"') || isKept(found) ? found : `"${MARK}${found}"`,
  );

class Frame implements Step {
  readonly container: Record<string, unknown>;
  readonly #keys: readonly string[];
  #next = 0;
  key = '';

  constructor(container: object) {
    this.container = container as Record<string, unknown>;
    this.#keys = Object.keys(container);
  }

  advance(): boolean {
    const key = this.#keys[this.#next];
    if (key === undefined) return false;
    this.key = key;
    this.#next += 1;
    return true;
  }
}

/** Puts numbers in the place of marks. Not recursive: a text may nest deeper than the stack reaches. */
const unmark = (root: Record<string, unknown>, onInexact: OnInexact): void => {
  const way = [new Frame(root)];
  for (let frame = way.at(-1); frame; frame = way.at(-1)) {
    if (!frame.advance()) {
      way.pop();
      continue;
    }
    const { container, key } = frame;
    const value = container[key];
    if (typeof value === 'object' && value !== null) way.push(new Frame(value));
    else if (typeof value === 'string' && value.startsWith(MARK)) {
      const digits = value.slice(MARK.length);
      container[key] = JSON.rawJSON(digits);
      onInexact(digits, way);
    }
  }
};

/**
 * `JSON.parse` that keeps digits: a number in an object or array that a double would not give back as it was written is what `JSON.rawJSON` makes of its
 * text, so that `JSON.stringify` writes it again and `JSON.isRawJSON` tells it. These are whole numbers beyond 2^53, decimals of more
 * digits than a double has, and numbers beyond its range, such as `1e400`. Every other value is as `JSON.parse` gives it, and a text
 * without such a number is parsed once.
 *
 * @throws SyntaxError where it is not JSON
 * @example JSON.stringify(parseExact('{"a":12345678901234567890}')) // '{"a":12345678901234567890}'
 */
export const parseExact = (text: string, onInexact: OnInexact = () => undefined): unknown => {
  const value: unknown = JSON.parse(text);
  if (!hasInexact(text)) return value;
  const holder = { '': JSON.parse(withMarks(text)) as unknown };
  unmark(holder, onInexact);
  return holder[''];
};
