import { mkdir, open as openFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

type File = Awaited<ReturnType<typeof openFile>>;

const NAME = 'webhooks.jsonl';
/** People’s addresses stand in it. */
const MODE = 0o600;
const NEW_LINE = 10;
const CHUNK_BYTES = 1_000_000;
/** Above this only the newest half is taken up at a start: the database is in memory. */
const MOST_BYTES = 64_000_000;

/** Lines of the journal and where those after them begin. */
export interface Chunk {
  readonly lines: readonly string[];
  readonly end: number;
}

/** Whole lines from a place in a file to its end, a chunk at a time. A line without its end is not given. */
async function* linesOf(file: File, from: number): AsyncGenerator<Chunk> {
  let rest = Buffer.alloc(0);
  let end = from;
  for (let at = from; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const whole = bytes.lastIndexOf(NEW_LINE) + 1;
    rest = bytes.subarray(whole);
    end += whole;
    const lines = bytes.toString('utf8', 0, whole).split('\n');
    if (whole > 0) yield { lines: lines.filter((line) => line !== ''), end };
  }
}

/** Leaves out the oldest lines of a file that has grown too large; tells whether it did. */
const keepNewest = async (path: string, mostBytes: number): Promise<boolean> => {
  const old = await openFile(path, 'a+', MODE);
  try {
    const { size } = await old.stat();
    if (size <= mostBytes) return false;
    const renewed = await openFile(`${path}.new`, 'w', MODE);
    for await (const { lines, end } of linesOf(old, 0))
      if (end > size - mostBytes / 2) await renewed.appendFile(`${lines.join('\n')}\n`);
    await renewed.close();
    await rename(`${path}.new`, path);
    return true;
  } finally {
    await old.close();
  }
};

/**
 * A file of lines that only grows. A line is kept once its append resolves, also when the process is killed then. Lines go one
 * after the other, those that come during a write together.
 *
 * @example
 * const journal = await RowJournal.open('.cio-local');
 * await journal.append(['{"n":1}']);
 * for await (const { lines } of journal.read(0)) lines; // ['{"n":1}']
 */
export class RowJournal {
  readonly #file: File;
  #lines: number;
  /** Whether a line without its end may stand last. */
  #isTorn: boolean;
  #waiting: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #gathering: Promise<void> | undefined;

  private constructor(file: File, lines: number, isTorn: boolean) {
    this.#file = file;
    this.#lines = lines;
    this.#isTorn = isTorn;
  }

  /**
   * Opens the journal in a folder; makes both where they are missing.
   *
   * @param mostBytes of a larger file only the newest half of these is kept. @default 64 MB
   */
  static async open(folder: string, mostBytes: number = MOST_BYTES): Promise<RowJournal> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, NAME);
    await keepNewest(path, mostBytes);
    const file = await openFile(path, 'a+', MODE);
    let lines = 0;
    let whole = 0;
    for await (const chunk of linesOf(file, 0)) {
      lines += chunk.lines.length;
      whole = chunk.end;
    }
    return new RowJournal(file, lines, (await file.stat()).size > whole);
  }

  /** How many lines it holds. */
  get lines(): number {
    return this.#lines;
  }

  /** Adds lines, which must hold no line breaks. @throws Error when the disk takes none; some may be kept all the same */
  async append(lines: readonly string[]): Promise<void> {
    this.#waiting.push(...lines);
    this.#gathering ??= this.#writing.then(() => this.#write());
    await this.#gathering;
  }

  /** The lines from a place, 0 or the `end` of a chunk, to the present end. */
  read(from: number): AsyncGenerator<Chunk> {
    return linesOf(this.#file, from);
  }

  /** Waits for what is being written, and ends. */
  async close(): Promise<void> {
    await (this.#gathering ?? this.#writing).catch(() => undefined);
    await this.#file.close();
  }

  #write(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#gathering = undefined;
    const text = `${this.#isTorn ? '\n' : ''}${lines.map((line) => `${line}\n`).join('')}`;
    const written = this.#file.appendFile(text).then(
      () => {
        this.#isTorn = false;
        this.#lines += lines.length;
      },
      (error: unknown) => {
        this.#isTorn = true;
        throw error;
      },
    );
    // The next write waits for this one, whether it fails or not; whoever appended is told by `written`.
    this.#writing = written.catch(() => undefined);
    return written;
  }
}
