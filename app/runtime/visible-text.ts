/** C0, DEL and C1, what breaks lines, and what turns the direction of text: a terminal acts on them instead of showing them. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const hex = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0');

const escaped = (character: string): string =>
  NAMED[character] ?? (character < '\u0100' ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`);

/**
 * A text as one line for a terminal: what a terminal would act on is shown as an escape, and nothing is left out.
 *
 * @example visibleText('a\u001b[2J\nb\u202e') // 'a\\x1b[2J\\nb\\u202e'
 */
export const visibleText = (text: string): string => text.replace(UNSEEN, escaped);

/**
 * The same for JSON: its strings are escaped as JSON does it, so that it is read as before. Its own line breaks stay.
 *
 * @param json as `JSON.stringify` gives it
 */
export const visibleJson = (json: string): string =>
  json.replace(UNSEEN, (character) => (character === '\n' ? character : `\\u${hex(character, 4)}`));
