import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, eventually, freePort, runFile, startCommand, startFile } from '../support/child.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const MAIN = 'app/local/main.ts';
const ENV = { PORT: '0', LOG_LEVEL: 'silent' };
const LIMIT_MS = 60_000;

const track = (url: string, n: number): Promise<Response> =>
  fetch(`${url}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('local:')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'u1', event: 'Counted', messageId: `m${n}`, properties: { n } }),
  });

/** The fake refuses everything from now on: events stay in the bus. */
const refuse = async (url: string): Promise<void> => {
  await fetch(`${url}/fake-customerio/_control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '[{"status":503}]',
  });
};

const eventsAt = async (url: string): Promise<number> => {
  const response = await fetch(`${url}/fake-customerio/_control/people/u1`);
  return response.ok ? ((await response.json()) as { events: unknown[] }).events.length : 0;
};

describe('what npm start keeps', () => {
  let folder: string;
  let running: Child[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cio-kept-'));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((child) => child.kill()));
    rmSync(folder, { recursive: true });
  });
  const started = async (how: Promise<Child>): Promise<Child> => {
    const child = await how;
    running.push(child);
    return child;
  };
  const start = (): Promise<Child> => started(startFile(MAIN, ENV, folder));
  const refusal = async (): Promise<string> => {
    const { code, output } = await runFile(MAIN, [], ENV, folder);
    expect([code, output.trimEnd().split('\n')]).toEqual([1, [expect.any(String)]]);
    return output.trimEnd();
  };
  const kept = (name = ''): string => join(folder, '.cio-local', name);

  it(
    'has one owner: a second start says so, and neither loses an event',
    async () => {
      const first = await start();
      await refuse(first.url);
      for (const n of [1, 2, 3]) await track(first.url, n);
      expect(await refusal()).toBe(
        '.cio-local is in use by another npm start: stop that one, or start in another folder',
      );
      expect(await first.stop()).toBe(0);
      const { url } = await start();
      await eventually(
        () => 'all arrive',
        async () => (await eventsAt(url)) === 3,
        10_000,
      );
    },
    LIMIT_MS,
  );

  it(
    'goes to one of two that start at once',
    async () => {
      const both = await Promise.allSettled([start(), start()]);
      const [loser, ...others] = both.filter(({ status }) => status === 'rejected');
      expect(others).toEqual([]);
      expect(loser).toMatchObject({
        reason: { message: expect.stringContaining('is in use by another npm start') },
      });
    },
    LIMIT_MS,
  );

  it(
    'is free again at once when its owner is killed, and is for this user alone',
    async () => {
      await (await start()).kill();
      const second = await start();
      expect(await second.stop()).toBe(0);
      expect(statSync(kept()).mode & 0o777).toBe(0o700);
      const names = readdirSync(kept()).toSorted();
      expect(names).toEqual(['bus.jsonl', 'lock', 'webhooks.jsonl']);
      expect(names.map((name) => statSync(kept(name)).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    },
    LIMIT_MS,
  );

  it.each([
    ['bus.jsonl', '{"kind":"log","version":1,"lines":3}\n'],
    ['bus.jsonl', ''],
    ['bus.jsonl.loaded', 'garbage'],
    ['webhooks.jsonl', 'garbage\n'],
  ])(
    'is not started over when %s is damaged: %j',
    async (name, text) => {
      mkdirSync(kept());
      writeFileSync(kept(name), text);
      expect(await refusal()).toMatch(
        new RegExp(`^\\.cio-local/${name} \\(.+\\) cannot be taken up, .+: move it away to start without it`),
      );
      expect([readdirSync(kept()).includes(name), readFileSync(kept(name), 'utf8')]).toEqual([true, text]);
    },
    LIMIT_MS,
  );

  it(
    'needs a folder: says what stands in its place',
    async () => {
      writeFileSync(kept(), 'a file');
      expect(await refusal()).toBe(
        '.cio-local (events and webhooks of npm start) cannot be written, ENOTDIR: it must be a folder: move the file of that name away',
      );
      expect(readFileSync(kept(), 'utf8')).toBe('a file');
    },
    LIMIT_MS,
  );

  it(
    'is counted where a stop cannot save it, and the file of before stays',
    async () => {
      const first = await start();
      await refuse(first.url);
      await track(first.url, 0);
      expect(await first.stop()).toBe(0);
      const before = readFileSync(kept('bus.jsonl'), 'utf8');
      // No file may have more than five kilobytes: to a process that is as a full disk.
      const args = ['-c', `ulimit -f 5; exec "${process.execPath}" "${ROOT}${MAIN}"`];
      const { url, ...limited } = await started(
        startCommand({ command: 'bash', args, env: ENV, cwd: folder }),
      );
      await refuse(url);
      for (let n = 1; n < 40; n += 1) expect((await track(url, n)).status).toBe(200);
      expect(await limited.stop()).toBe(1);
      const said = limited
        .output()
        .split('\n')
        .filter((line) => line.startsWith('could not'));
      expect(said).toEqual([
        expect.stringMatching(
          /^could not stop cleanly: \.cio-local\/bus\.jsonl \(.+\) cannot be written, EFBIG: .+; not saved are undelivered events: (39|40), dead letters: 0$/,
        ),
      ]);
      expect(readdirSync(kept()).toSorted()).toEqual(['bus.jsonl.loaded', 'lock', 'webhooks.jsonl']);
      expect(readFileSync(kept('bus.jsonl.loaded'), 'utf8')).toBe(before);
    },
    LIMIT_MS,
  );
});

describe('the npm process of npm start', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cio-npm-'));
    // npm runs a script in its package's folder: this one has the repository's package, and a `.cio-local` of its own.
    writeFileSync(join(folder, 'package.json'), readFileSync(`${ROOT}package.json`));
    for (const name of ['app', 'tools', 'node_modules']) symlinkSync(`${ROOT}${name}`, join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends in order at %s: exit code 0, events saved, nothing left on the port',
    async (signal) => {
      const port = await freePort();
      const env = { ...process.env, ...ENV, PORT: String(port) };
      const npm = spawn('npm', ['start'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(npm, 'exit');
      let output = '';
      npm.stdout.on('data', (chunk) => (output += String(chunk)));
      await eventually(
        () => output,
        async () => output.includes(`ready http://localhost:${port}`),
        30_000,
      );
      const url = `http://127.0.0.1:${port}`;
      await refuse(url);
      await track(url, 1);
      npm.kill(signal);
      expect(await exited).toEqual([0, null]);
      expect(readFileSync(join(folder, '.cio-local', 'bus.jsonl'), 'utf8')).toContain('Counted');
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
    },
    LIMIT_MS,
  );

  it('has an exec where the shell has none: program, arguments, exit code', () => {
    const program = 'console.log(process.argv.slice(1).join()); process.exit(7)';
    const shim = `${ROOT}tools/node24/exec.cjs`;
    const { status, stdout } = spawnSync(process.execPath, [shim, 'node', '-e', program, 'a b', 'c']);
    expect([status, stdout.toString()]).toEqual([7, 'a b,c\n']);
    expect(spawnSync(process.execPath, [shim, 'no-such-program']).status).toBe(1);
  });
});
