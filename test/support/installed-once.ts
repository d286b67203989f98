import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** Whether a command is here and works. */
export const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Gives a folder or file below `root`, which is made where it is not there: it is there as a whole or not at all. */
export const installedOnce = async (
  root: string,
  name: string,
  make: (unfinished: string) => Promise<void>,
): Promise<string> => {
  const finished = path.join(root, name);
  if (existsSync(finished)) return finished;
  const unfinished = `${finished}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  await make(unfinished);
  await rename(unfinished, finished);
  return finished;
};
