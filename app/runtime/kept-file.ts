import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { codeOf } from './config/code-of.ts';

/** People’s data stand in what is kept: no other user of the machine may read it. */
export const FILE_MODE = 0o600;
/** The same for folders. */
export const FOLDER_MODE = 0o700;

/** Takes the rights of others away, where this user may: a disk may know no rights, and a folder may be another user’s. */
export const restrict = (path: string, mode: number): void => {
  try {
    chmodSync(path, mode);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
  }
};

/** Something on the disk that outlives the process. */
export interface KeptFile {
  readonly path: string;
  /** What is in it, in words. */
  readonly holds: string;
}

/** What is kept cannot be used. The message names the file, what is in it, and what to do. */
export class KeptFileError extends Error {
  override readonly name = 'KeptFileError';
}

const RIGHTS = 'give this user the right to read and write it, or start in another folder';
const SPACE = 'free some space on its disk';
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: RIGHTS,
  EPERM: RIGHTS,
  EROFS: 'its disk is read-only: start in another folder',
  ENOSPC: SPACE,
  EDQUOT: SPACE,
  EFBIG: 'files of that size are not allowed here',
  EISDIR: 'it must be a file: move the folder of that name away',
  ENOTDIR: 'it must be a folder: move the file of that name away',
  ERR_FS_FILE_TOO_LARGE: 'move it away',
};

const nameOf = ({ path, holds }: KeptFile): string => `${path} (${holds})`;

/**
 * The error of a file that the system does not give.
 *
 * @param error with a code of Node, such as ENOSPC
 * @example throw systemFault(file, 'written', error) // .cio-local/bus.jsonl (events …) cannot be written, ENOSPC: free some space on its disk
 */
export const systemFault = (file: KeptFile, done: string, error: unknown): KeptFileError => {
  const code = codeOf(error);
  const advice = ADVICE[code] ?? 'look after its disk, or move it away';
  return new KeptFileError(`${nameOf(file)} cannot be ${done}, ${code}: ${advice}`, { cause: error });
};

/** The error of a file whose content cannot be understood. It stays as it is: whoever keeps it decides. */
export const damageFault = (file: KeptFile, why: string, cause?: unknown): KeptFileError =>
  new KeptFileError(
    `${nameOf(file)} cannot be taken up, ${why}: move it away to start without it, or put a whole copy in its place`,
    { cause },
  );

/** Has a folder’s entries on the disk, after a rename for instance. Windows has no such call, some file systems neither. */
export const flushFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } catch (error) {
    if (codeOf(error) !== 'EINVAL') throw error;
  } finally {
    closeSync(handle);
  }
};
