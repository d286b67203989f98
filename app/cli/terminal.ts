import { visibleJson, visibleText } from '../runtime/visible-text.ts';

declare const mark: unique symbol;

/** Text that a terminal may be given. Only this file makes it: the compiler asks every command to come by here. */
export type Shown = string & { readonly [mark]: true };

/**
 * Lines for a person. They may hold text from anywhere: control characters, line breaks among them, are shown as escapes, so
 * that none moves the cursor, hides a line or makes one up.
 *
 * @example terminal.print(shown(['1 message:', message.subject]))
 */
export const shown = (lines: readonly string[]): Shown => lines.map(visibleText).join('\n') as Shown;

/**
 * A value as JSON, for `--json`.
 *
 * @param indent spaces of each level. @default all in one line
 */
export const shownJson = (value: unknown, indent?: number): Shown =>
  visibleJson(JSON.stringify(value, null, indent)) as Shown;

/** A line beside a result, such as how far a command is; with `--json` it is JSON too, `{"note":"…"}`. */
export const noteOf = (text: string, json: boolean): Shown =>
  json ? shownJson({ note: text }) : shown([text]);

/** The terminal of this process, the only way out for what a command says. */
export const terminal = {
  /** A result: to standard output. */
  print: (text: Shown): void => void process.stdout.write(`${text}\n`),
  /** What a person is told beside it: to standard error. */
  say: (text: Shown): void => void process.stderr.write(`${text}\n`),
  /** Whether what a person is told is seen by one. */
  isWatched: process.stderr.isTTY === true,
  /** Where questions of our own are asked. */
  prompt: process.stderr,
} as const;
