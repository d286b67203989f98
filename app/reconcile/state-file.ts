import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReconcileState } from './reconcile-state.ts';

/** The file of the state cannot be used; the message says what to do next. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
}

const isMissing = (error: unknown): boolean =>
  Error.isError(error) && 'code' in error && error.code === 'ENOENT';

const codeOf = (error: unknown): string =>
  Error.isError(error) && 'code' in error ? ` (${error.code})` : '';

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
      if (isMissing(error)) return undefined;
      throw new StateFileError(`${this.#path} cannot be read${codeOf(error)}`, { cause: error });
    }
    try {
      const state = JSON.parse(text) as ReconcileState;
      if (state?.v === 1 && typeof state.asked === 'string') return state;
    } catch {
      // Not JSON: told below, like JSON of another form.
    }
    throw new StateFileError(`${this.#path} is no state of reconcile: remove it, or give another --state`);
  }

  /** Replaces it as a whole, so that it is never half written. @throws StateFileError */
  async save(state: ReconcileState): Promise<void> {
    const fresh = `${this.#path}.new`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(fresh, JSON.stringify(state), { mode: 0o600 });
      await rename(fresh, this.#path);
    } catch (error) {
      throw new StateFileError(`${this.#path} cannot be written${codeOf(error)}: give another --state`, {
        cause: error,
      });
    }
  }

  /** Forgets it. */
  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}
