import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReconcileState } from './reconcile-state.ts';

/** The file of the state cannot be used; the message says what to do next. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
}

const codeOf = (error: unknown): unknown =>
  Error.isError(error) && 'code' in error ? error.code : undefined;

const inBrackets = (error: unknown): string => {
  const code = codeOf(error);
  return code === undefined ? '' : ` (${code})`;
};

const makeUnlessThere = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
};

/** One by one: Node's own `recursive` tries for ever where no folder can be made, such as in /proc. */
const makeFolder = async (folder: string): Promise<void> => {
  try {
    await makeUnlessThere(folder);
  } catch (error) {
    const parent = dirname(folder);
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error;
    await makeFolder(parent);
    await makeUnlessThere(folder);
  }
};

/** Where a reconciliation keeps how far it is. */
export class StateFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What was saved; undefined where nothing was. @throws StateFileError */
  async load(): Promise<ReconcileState | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw this.#fault(`cannot be read${inBrackets(error)}`, error);
    }
    try {
      const state = JSON.parse(text) as ReconcileState;
      if (state?.v === 1 && typeof state.asked === 'string') return state;
    } catch {
      // Not JSON: told below, like JSON of another form.
    }
    throw this.#fault('is no state of reconcile: remove it, or give another --state');
  }

  /** Replaces it as a whole, so that it is never half written. @throws StateFileError */
  async save(state: ReconcileState): Promise<void> {
    const fresh = `${this.#path}.new`;
    try {
      await makeFolder(dirname(this.#path));
      await writeFile(fresh, JSON.stringify(state), { mode: 0o600, flush: true });
      await rename(fresh, this.#path);
    } catch (error) {
      throw this.#fault(`cannot be written${inBrackets(error)}: give another --state`, error);
    }
  }

  /** Forgets it. @throws StateFileError */
  async remove(): Promise<void> {
    try {
      await rm(this.#path, { force: true });
    } catch (error) {
      throw this.#fault(`cannot be removed${inBrackets(error)}: remove it by hand`, error);
    }
  }

  #fault(words: string, cause?: unknown): StateFileError {
    return new StateFileError(`${this.#path} ${words}`, { cause });
  }
}
