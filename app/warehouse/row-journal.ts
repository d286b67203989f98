import { mkdir, open as openFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  damageFault,
  FILE_MODE,
  FOLDER_MODE,
  flushFolder,
  type KeptFile,
  KeptFileError,
  restrict,
  systemFault,
} from '../runtime/kept-file.ts';

type File = Awaited<ReturnType<typeof openFile>>;

const NAME = 'webhooks.jsonl';
const HOLDS = 'the webhooks that npm start has received';
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

/** Writes the newest lines of a file, and puts them in its place once they are on the disk. */
const keepNewest = async (old: File, path: string, folder: string, keepBytes: number): Promise<void> => {
  const { size } = await old.stat();
  const fresh = `${path}.new`;
  try {
    await rm(fresh, { force: true });
    const renewed = await openFile(fresh, 'wx', FILE_MODE);
    try {
      for await (const { lines, end } of linesOf(old, 0))
        if (end > size - keepBytes) await renewed.appendFile(`${lines.join('\n')}\n`);
      await renewed.sync();
    } finally {
      await renewed.close();
    }
    await rename(fresh, path);
    flushFolder(folder);
  } finally {
    await rm(fresh, { force: true });
  }
};

/** What a file was found to hold. */
interface Found {
  readonly lines: number;
  /** Whether a line without its end stands last. */
  readonly isTorn: boolean;
}

/** A line that a kill cut short is no damage: it was never acknowledged, and is left out when it is read. */
const look = async (kept: KeptFile, file: File, begin: string): Promise<Found> => {
  let lines = 0;
  let whole = 0;
  const isOurs = (line: string): boolean => line.startsWith(begin) || begin.startsWith(line);
  for await (const chunk of linesOf(file, 0)) {
    const strange = chunk.lines.findIndex((line) => !isOurs(line));
    if (strange >= 0) throw damageFault(kept, `line ${lines + strange + 1} is none of its lines`);
    lines += chunk.lines.length;
    whole = chunk.end;
  }
  const { size } = await file.stat();
  const rest = await file.read(Buffer.alloc(begin.length), 0, begin.length, whole);
  if (!isOurs(rest.buffer.toString('utf8', 0, rest.bytesRead))) {
    throw damageFault(kept, `line ${lines + 1} is none of its lines`);
  }
  return { lines, isTorn: size > whole };
};

/** How a journal is opened. */
export interface RowJournalOptions {
  /** Of a larger file only the newest half of these is kept. @default 64 MB */
  readonly mostBytes?: number;
  /** What every line begins with: a file that has others is damaged. @default any line will do */
  readonly begin?: string;
}

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
   * @throws KeptFileError when the file is damaged, which it then stays, or cannot be read and written
   */
  static async open(folder: string, options: RowJournalOptions = {}): Promise<RowJournal> {
    const { mostBytes = MOST_BYTES, begin = '' } = options;
    const kept: KeptFile = { path: join(folder, NAME), holds: HOLDS };
    let file: File | undefined;
    try {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      file = await openFile(kept.path, 'a+', FILE_MODE);
      restrict(kept.path, FILE_MODE);
      let found = await look(kept, file, begin);
      if ((await file.stat()).size > mostBytes) {
        await keepNewest(file, kept.path, folder, mostBytes / 2);
        await file.close();
        file = await openFile(kept.path, 'a+', FILE_MODE);
        found = await look(kept, file, begin);
      }
      return new RowJournal(file, found.lines, found.isTorn);
    } catch (error) {
      await file?.close().catch(() => undefined);
      throw error instanceof KeptFileError ? error : systemFault(kept, 'read and written', error);
    }
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
