import { spawn, spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeSecretManager } from '../support/fake-secret-manager.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const API_KEY = 'customerio-track-api-key';
const KEYS = 'customerio-ingest-write-keys';

let fake: FakeSecretManager;
beforeEach(async () => {
  fake = await new FakeSecretManager().start();
  fake.deploy('acme', API_KEY);
  fake.deploy('acme', KEYS);
});
afterEach(() => fake.close());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end; as soon as it has said what a key of `answers` says, that text is typed. */
const run = async (
  command: string,
  args: readonly string[],
  input?: string,
  answers = {},
): Promise<Ended> => {
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FAKE_ENDPOINT: fake.endpoint };
  const child = spawn(command, args, { cwd: ROOT, env, stdio: 'pipe' });
  const said = { out: '', err: '' };
  const waiting = new Map<string, string>(Object.entries(answers));
  child.stdout.on('data', (chunk) => {
    said.out += String(chunk);
    for (const [question, answer] of waiting) {
      if (!said.out.includes(question)) continue;
      waiting.delete(question);
      child.stdin.write(answer);
    }
  });
  child.stderr.on('data', (chunk) => {
    said.err += String(chunk);
  });
  if (input !== undefined) child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...said };
};

const node = (file: string, args: readonly string[], input?: string): Promise<Ended> =>
  run(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], input);

describe('cio-platform secrets', () => {
  it('takes a value from a pipe, prints exactly one object, and exits with 0', async () => {
    const args = ['secrets', 'set', 'track-api-key', '--project', 'acme', '--json'];
    const { code, out, err } = await node('test/cli/secrets-on-fake.ts', args, 's3cr3t\n');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ name: 'track-api-key', version: 2 });
    expect(out).not.toContain('s3cr3t');
    expect(fake.values('acme', API_KEY)).toEqual(['unset', 's3cr3t']);
  });

  it('exits with 1 and one line for a value that breaks a rule', async () => {
    const args = ['secrets', 'set', 'ingest-write-keys', '--project', 'acme'];
    const { code, out, err } = await node('app/cli/main.ts', args, 's3cr3t\n');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^nothing was written: the value of ingest-write-keys must have one .*got 6 characters\n$/,
    );
  });

  it('exits with 1 and one line where there is nothing to restore', async () => {
    const args = ['secrets', 'restore', 'track-api-key', '--project', 'acme'];
    const { code, out, err } = await node('test/cli/secrets-on-fake.ts', args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^nothing was written: no enabled version of customerio-track-api-key holds a value; .*\n$/,
    );
  });

  it('exits with 2 for a value on the command line, and does not repeat it', async () => {
    const args = ['secrets', 'set', 'track-api-key', 's3cr3t', '--project', 'acme'];
    const { code, out, err } = await node('app/cli/main.ts', args, '');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: only a name is expected/);
    expect(err).not.toContain('s3cr3t');
  });

  it('helps, and tells the version of the package', async () => {
    const help = await node('app/cli/main.ts', ['secrets', 'set', '--help'], '');
    expect(help.code).toBe(0);
    expect(help.out).toMatch(/never from\s+the command line/);
    const version = await node('app/cli/main.ts', ['--version'], '');
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

const hasScript =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

(hasScript ? describe : describe.skip)(
  'cio-platform secrets at a terminal (needs `script` of util-linux)',
  () => {
    const type = (name: string, answers: Record<string, string>): Promise<Ended> => {
      const file = `${ROOT}test/cli/secrets-on-fake.ts`;
      const command = `'${process.execPath}' --disable-warning=ExperimentalWarning '${file}' secrets set ${name} --project acme`;
      return run('script', ['--quiet', '--return', '--command', command, '/dev/null'], undefined, answers);
    };

    it('asks for the value and shows nothing of it', async () => {
      const { code, out } = await type('track-api-key', { 'not shown: ': 's3cr3t-XX\u007f\u007f1\r' });
      expect(code).toBe(0);
      expect(out).toMatch(/^Value of track-api-key, not shown: \r\n/);
      expect(out).toContain('version 2 is in place');
      expect(out).not.toMatch(/s3cr3t|XX/);
      expect(fake.values('acme', API_KEY)).toEqual(['unset', 's3cr3t-1']);
    });

    it('asks for lines where there may be several', async () => {
      const { code, out } = await type('ingest-write-keys', {
        'ends it: ': 'shop=s3cr3t-123456789\rapp=s3cr3t-234567890\r\r',
      });
      expect(code).toBe(0);
      expect(out).not.toContain('s3cr3t');
      expect(fake.values('acme', KEYS)).toEqual(['unset', 'shop=s3cr3t-123456789\napp=s3cr3t-234567890']);
    });

    it('writes nothing at Ctrl-C, or when several lines were pasted for one', async () => {
      const cancelled = await type('track-api-key', { 'not shown: ': 's3cr3t\u0003' });
      expect(cancelled.code).toBe(1);
      expect(cancelled.out).toContain('cancelled: nothing was written');
      const pasted = await type('track-api-key', { 'not shown: ': 's3cr3t-1\rs3cr3t-2\r' });
      expect(pasted.code).toBe(1);
      expect(pasted.out).toContain('nothing was written: the value must be one line, got 2');
      expect(`${cancelled.out}${pasted.out}`).not.toContain('s3cr3t');
      expect(fake.requests).toEqual([]);
    });
  },
);
