import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { processConfig } from '../../app/runtime/config/process-config.ts';

jest.setTimeout(60_000);

const ROOT = new URL('../../', import.meta.url).pathname;

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
});
afterAll(() => rmSync(home, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs it where there are no credentials, and no metadata server is looked for. */
const replay = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const all = ['--disable-warning=ExperimentalWarning', 'app/cli/main.ts', 'stream', 'replay', ...args];
  const child = spawn(process.execPath, all, {
    cwd: ROOT,
    env: { HOME: home, METADATA_SERVER_DETECTION: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    said.err += String(chunk);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...said };
};

describe('the place of stream replay', () => {
  it('may be given by options, without any variable; without credentials it says what to do', async () => {
    const { code, out, err } = await replay(['--project', 'acme-events', '--topic', 'other']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^no usable Google credentials \(.+\): run `gcloud auth application-default login`\n$/,
    );
  });

  it('must be given somehow', async () => {
    const { code, err } = await replay([]);
    expect(code).toBe(1);
    expect(err).toContain('PUBSUB_PROJECT must be set');
  });
});

describe('options that stand for variables', () => {
  it('win over them, and are no more than that', () => {
    const before = { ...process.env };
    Object.assign(process.env, { PUBSUB_PROJECT: 'of-variable', PUBSUB_TOPIC: 'of-variable' });
    try {
      const chosen = processConfig('stream', { PUBSUB_PROJECT: 'of-option', PUBSUB_TOPIC: undefined });
      expect(chosen).toMatchObject({ pubsubProject: 'of-option', pubsubTopic: 'of-variable' });
      expect(processConfig('stream')).toMatchObject({ pubsubProject: 'of-variable' });
    } finally {
      process.env = before;
    }
  });
});
