import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const ROOT = new URL('../../', import.meta.url).pathname;
const READY_WITHIN_MS = 30_000;

/** A process of the platform that a test started, with all that it printed. */
export interface Child {
  readonly url: string;
  readonly output: () => string;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with its exit code. */
  stop(): Promise<number | null>;
}

const ready = (child: ChildProcess, output: () => string): Promise<string> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${output()}`)), READY_WITHIN_MS);
    child.stdout?.on('data', () => {
      const url = /^ready (\S+)$/m.exec(output())?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`exited with ${code}:\n${output()}`));
    });
  });

/** How a process is started. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Starts a process without waiting for anything. */
const launch = ({
  command,
  args,
  env,
  cwd,
}: Start): { readonly child: ChildProcess; readonly output: () => string } => {
  const { KAFKA_BROKERS: _brokers, ...inherited } = process.env;
  const child = spawn(command, args, {
    cwd,
    env: { ...inherited, NODE_OPTIONS: '', ...env, PATH: `${ROOT}node_modules/.bin:${process.env['PATH']}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => chunks.push(String(chunk)));
  return { child, output: () => chunks.join('') };
};

/** Starts a command and waits for its ready line. */
export const startCommand = async (how: Start): Promise<Child> => {
  const { child, output } = launch(how);
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const signal = (name: 'SIGKILL' | 'SIGTERM'): void => {
    if (child.exitCode === null && child.signalCode === null) child.kill(name);
  };
  const url = await ready(child, output);
  return {
    url: url.replace('localhost', '127.0.0.1'),
    output,
    kill: async () => {
      signal('SIGKILL');
      await exited;
    },
    stop: () => {
      signal('SIGTERM');
      return exited;
    },
  };
};

const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};

/**
 * Starts an npm script of the repository that begins with `exec`, and waits for its ready line. The script's own command runs,
 * without npm around it: so signals and the exit code are the process's.
 */
export const startScript = (
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Child> =>
  startCommand({ command: 'sh', args: ['-c', `${scripts[script]} "$@"`, 'sh', ...args], env, cwd: ROOT });

/** Starts a file of the repository in a folder and waits for its ready line. */
export const startFile = (
  file: string,
  env: Readonly<Record<string, string>>,
  cwd: string = ROOT,
): Promise<Child> => startCommand({ command: process.execPath, args: [`${ROOT}${file}`], env, cwd });

/** Starts Node with arguments and waits for its ready line. */
export const startNode = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Child> =>
  startCommand({ command: process.execPath, args, env, cwd: ROOT });

/** Runs a file of the repository, in a folder, to its end. */
export const runFile = async (
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string = ROOT,
): Promise<{ readonly code: number | null; readonly output: string }> => {
  const { child, output } = launch({
    command: process.execPath,
    args: [`${ROOT}${file}`, ...args],
    env,
    cwd,
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output: output() };
};

/** Runs a file of the repository to its end, what it says as a result and beside it told apart. */
export const runApart = async (
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> => {
  const { child } = launch({ command: process.execPath, args: [`${ROOT}${file}`, ...args], env, cwd: ROOT });
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    said.out += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    said.err += String(chunk);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...said };
};

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

/** Tries until it holds. @throws Error with `what` when the time is over */
export const eventually = async (
  what: () => string,
  holds: () => Promise<boolean>,
  withinMs: number,
): Promise<void> => {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};
