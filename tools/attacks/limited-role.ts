import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFlags } from '../../app/contract/node-flags.ts';
import type { Role } from '../../app/contract/roles.ts';
import { memoryGroup } from './memory-group.ts';

const READY_WITHIN_MS = 20_000;

/** How a role is started. */
export interface LimitedRoleOptions {
  readonly role: Role;
  /** Its main file in this folder: says `ready <url>`, and answers any message with the peak of its memory in MB of 2^20 bytes. */
  readonly main: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The container's memory. */
  readonly memoryMib: number;
}

/** A role in a process of its own, with the memory of a container. */
export interface LimitedRole {
  readonly url: string;
  /** Whether a control group limits its memory; elsewhere it is only watched. */
  readonly isLimited: boolean;
  readonly isAlive: () => boolean;
  /** The most resident memory that it had so far, in MB of 2^20 bytes. */
  peakRssMb(): Promise<number>;
  end(): Promise<void>;
}

const readyUrl = async (child: ChildProcess): Promise<string> => {
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    if (!line.startsWith('ready ')) continue;
    clearTimeout(timer);
    child.stdout?.resume();
    return line.slice('ready '.length).replace('localhost', '127.0.0.1');
  }
  throw new Error('the role ended before it was ready');
};

/** Starts a role as its container does, with Node's flags for this much memory and, where one can be made, in a control group of that size. */
export const limitedRole = async (options: LimitedRoleOptions): Promise<LimitedRole> => {
  const { role, main, environment, memoryMib } = options;
  const group = memoryGroup(memoryMib * 2 ** 20);
  const args = [...nodeFlags(role, memoryMib), `${import.meta.dirname}/${main}`];
  const enter = group === undefined ? '' : `echo $$ > ${group.procsFile} && `;
  const child = spawn('sh', ['-c', `${enter}exec "$0" "$@"`, process.execPath, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    // The kernel empties the group a moment after the process is gone.
    await sleep(100);
    group?.remove();
  };
  try {
    return {
      url: await readyUrl(child),
      isLimited: group !== undefined,
      isAlive: () => child.exitCode === null && child.signalCode === null,
      peakRssMb: async () => {
        child.send('peak');
        const [mb] = await once(child, 'message', { signal: AbortSignal.timeout(10_000) });
        return mb as number;
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
};
