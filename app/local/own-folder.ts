import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { codeOf } from '../runtime/config/code-of.ts';
import {
  FILE_MODE,
  FOLDER_MODE,
  type KeptFile,
  KeptFileError,
  restrict,
  systemFault,
} from '../runtime/kept-file.ts';

/** A folder that is this process’s alone until it is released, or the process ends, however it ends. */
export interface OwnedFolder {
  release(): void;
}

const LOCK = 'lock';
const PROBE = 'probe';
/** SQLite’s code for a file that somebody else has locked. Source: https://www.sqlite.org/rescode.html#busy */
const BUSY = 5;
/** Two that start at once disturb each other for a moment: by waiting, one gets it. */
const PATIENCE_MS = 250;

/** What cannot be saved at the stop is better told now: no right to write, a full disk. */
const tryToWrite = (path: string): void => {
  try {
    writeFileSync(path, Buffer.alloc(4096), { mode: FILE_MODE });
  } finally {
    rmSync(path, { force: true });
  }
};

const makeFolder = (folder: KeptFile): void => {
  const { path } = folder;
  try {
    try {
      mkdirSync(path, { mode: FOLDER_MODE });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    if (!statSync(path).isDirectory()) throw Object.assign(new Error('a file'), { code: 'ENOTDIR' });
    restrict(path, FOLDER_MODE);
    tryToWrite(join(path, PROBE));
  } catch (error) {
    throw systemFault(folder, 'written', error);
  }
};

const lockFault = (folder: string, error: unknown): KeptFileError => {
  const { errcode, errstr } = error as { readonly errcode?: unknown; readonly errstr?: unknown };
  if (errcode === BUSY)
    return new KeptFileError(
      `${folder} is in use by another npm start: stop that one, or start in another folder`,
    );
  const path = join(folder, LOCK);
  return new KeptFileError(
    `${path} (nothing but a lock) cannot be locked, ${errstr ?? codeOf(error)}: remove it`,
    {
      cause: error,
    },
  );
};

/**
 * Makes a folder this process’s alone. A file in it is locked, by SQLite, which does so on every system: the lock is the operating
 * system’s and ends with the process, so that one that was killed leaves none, and no process id has to be believed.
 *
 * @param holds what is kept in it, in words
 * @throws KeptFileError when another process has it, or it cannot be written
 * @example const { release } = await ownFolder('.cio-local', 'events and webhooks');
 */
export const ownFolder = async (path: string, holds: string): Promise<OwnedFolder> => {
  makeFolder({ path, holds });
  const { DatabaseSync: Sqlite } = await import('node:sqlite');
  let lock: DatabaseSync | undefined;
  try {
    lock = new Sqlite(join(path, LOCK), { timeout: PATIENCE_MS });
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    restrict(join(path, LOCK), FILE_MODE);
  } catch (error) {
    lock?.close();
    throw lockFault(path, error);
  }
  const held = lock;
  return { release: () => held.close() };
};
