import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { BundleError } from './bundle-error.ts';

/** Below the system's temporary folder, one per user: nobody else may slip code into what is deployed. */
const privateFolder = (): string => {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `customerio-platform-bundles-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  // Windows has no uid (-1) and a temporary folder for each user.
  if (!found.isDirectory() || (uid >= 0 && found.uid !== uid)) {
    throw new BundleError(
      `${folder} must be a folder of your own: remove it, or set TMPDIR to another place`,
    );
  }
  return folder;
};

const writeWhole = (path: string, content: string): void => {
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
  const unfinished = `${path}.${randomUUID()}.tmp`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
};

/**
 * Writes files into a folder of that name, each at once: a process that writes the same at the same time, or reads, never meets
 * half a file.
 *
 * @param files name to content
 * @returns name and path of each
 * @throws BundleError when the place belongs to somebody else
 */
export const writeFiles = (
  folderName: string,
  files: readonly (readonly [name: string, content: string])[],
): readonly { readonly name: string; readonly path: string }[] => {
  const folder = join(privateFolder(), folderName);
  mkdirSync(folder, { recursive: true });
  return files.map(([name, content]) => {
    const path = join(folder, name);
    writeWhole(path, content);
    return { name, path };
  });
};
