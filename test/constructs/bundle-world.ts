import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from '@jest/globals';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A bundle as another process made it. */
export interface MadeBundle {
  readonly hash: string;
  readonly entry: string;
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

const folders: string[] = [];

/** A folder of its own below the system's temporary one, removed after the tests of the file. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-test-'));
  folders.push(folder);
  return folder;
};

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** What bundling needs of the repository, copied to a folder; the packages are linked. */
export const copyRepository = (folder: string): string => {
  mkdirSync(folder, { recursive: true });
  for (const part of ['app', 'constructs/bundle', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
};

/** Gives files another time of their last change. */
export const touch = (folder: string, files: readonly string[], at: Date): void => {
  for (const file of files) utimesSync(join(folder, file), at, at);
};

const SCRIPT = `
  const { pathToFileURL } = require('node:url');
  import(pathToFileURL(process.argv[1] + '/constructs/bundle/bundle-role.ts').href)
    .then(({ bundleRole }) => console.log(JSON.stringify(bundleRole(process.argv[2]))));`;

/**
 * Bundles a role in a process of its own, by the code and in the working folder that are given. Its files lie in a new temporary
 * folder.
 */
export const bundleElsewhere = (repository: string, role: string, cwd: string): MadeBundle => {
  const output = execFileSync(process.execPath, ['-e', SCRIPT, repository, role], {
    cwd,
    env: { TMPDIR: newFolder(), NODE_PATH: cwd },
    encoding: 'utf8',
  });
  return JSON.parse(output) as MadeBundle;
};

/** As {@link bundleElsewhere}, beside other processes and into the temporary folder that is given. */
export const bundleBeside = async (
  repository: string,
  role: string,
  temporary: string,
): Promise<MadeBundle> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', SCRIPT, repository, role], {
    env: { TMPDIR: temporary },
  });
  return JSON.parse(stdout) as MadeBundle;
};

/** The texts of a bundle's files. */
export const textsOf = ({ files }: Pick<MadeBundle, 'files'>): readonly string[] =>
  files.map(({ path }) => readFileSync(path, 'utf8'));
