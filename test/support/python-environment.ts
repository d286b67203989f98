import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { installedOnce, works } from './installed-once.ts';

const run = promisify(execFile);

/** Why no virtual environment can be made here; undefined when one can. */
export const pythonIsMissing = (): string | undefined =>
  works('python3', '-c', 'import ensurepip, venv') ? undefined : 'no python3 with venv here';

/** A package of Python in a virtual environment of its own below `root`. Gives its interpreter: its scripts name the folder that they were installed into. */
export const pythonEnvironment = async (
  root: string,
  distribution: string,
  version: string,
): Promise<string> => {
  const folder = await installedOnce(root, `${distribution}-${version}`, async (unfinished) => {
    await run('python3', ['-m', 'venv', unfinished]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await run(path.join(unfinished, 'bin/python'), [...pip, `${distribution}==${version}`]);
  });
  return path.join(folder, 'bin/python');
};
