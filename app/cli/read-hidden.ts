import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

/** Where a value comes from, and where its prompt goes. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/** Nothing usable came from the terminal; the message says why. */
export class PromptError extends Error {
  override readonly name = 'PromptError';
}

/** Takes the echo and drops it: with a terminal's own echo off, nothing of what is typed is shown. */
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/**
 * Asks at a terminal without echo. One line ends with Enter; several end with an empty line, or with Ctrl-D on one.
 *
 * @throws PromptError at Ctrl-C, and where several lines were pasted instead of one
 */
const askHidden = ({ input, output }: Terminal, question: string, several: boolean): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines: string[] = [];
  // Made before the question is asked: who answers at once must find the echo off already.
  const reader = createInterface({ input, output: nowhere(), terminal: true, historySize: 0 });
  output.write(question);
  reader.on('line', (line) => {
    if (!several || line !== '') lines.push(line);
    // Not at once: the other lines of a paste must be seen, and be left neither unnoticed nor for the shell to run.
    if (!several || line === '') setImmediate(() => reader.close());
  });
  reader.once('SIGINT', () => {
    reject(new PromptError('cancelled: nothing was written'));
    reader.close();
  });
  reader.once('close', () => {
    output.write('\n');
    if (several || lines.length < 2) resolve(lines.join('\n'));
    else reject(new PromptError(`nothing was written: the value must be one line, got ${lines.length}`));
  });
  return promise;
};

const readPiped = async (input: Readable, mostBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk));
    bytes += chunks.at(-1)?.length ?? 0;
    if (bytes > mostBytes) break;
  }
  return Buffer.concat(chunks);
};

/**
 * Reads a secret's value: what is piped in, or, at a terminal, what is typed there without being shown.
 *
 * @param question how the terminal is asked
 * @param several whether it may have several lines
 * @param mostBytes of a piped value no more is read than it takes to see that it is larger than this
 * @throws PromptError
 */
export const readHidden = async (
  terminal: Terminal,
  question: string,
  several: boolean,
  mostBytes: number,
): Promise<Buffer> =>
  terminal.input.isTTY === true
    ? Buffer.from(await askHidden(terminal, question, several))
    : readPiped(terminal.input, mostBytes);
