import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Local, startLocal } from '../app/local/start-local.ts';
import { parseConfig } from '../app/runtime/config/parse-config.ts';
import { settingsTable, settingsTableIn } from '../tools/settings-table.ts';
import { eventually } from './support/child.ts';

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const BLOCK_MS = 30_000;
const ARRIVES_WITHIN_MS = 10_000;
const CWD = process.cwd();

/** How the console blocks of the README begin, and why none of them is run here. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'npm ci\nnpm start': 'installs packages and starts the service for good; startLocal stands in for it here',
  'export CUSTOMERIO_DEV_PROJECT': 'needs a Google Cloud project',
  'npx cdktf deploy customerio-dev': 'needs a Google Cloud project and Terraform',
  'npm run cli -- secrets set': 'needs a Google Cloud project',
  'curl --fail-with-body -u "$WRITE_KEY:"': 'needs a deployed ingest',
  'npm test\nnpm run test:real\nnpm run check': 'would start this very test again',
};

/** The people whose events the README sends, with what the fake must know afterwards. */
const PEOPLE = [
  { id: 'ada', email: undefined },
  { id: 'grace', email: 'grace@example.com' },
  { id: 'edsger', email: 'edsger@example.com' },
] as const;

interface Block {
  readonly language: string;
  readonly text: string;
  /** Its first line. */
  readonly title: string;
}

const BLOCKS: readonly Block[] = [...README.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)].map(
  ([, language = '', text = '']) => ({ language, text, title: text.split('\n', 1)[0] ?? '' }),
);
const blocksIn = (...languages: string[]): readonly Block[] =>
  BLOCKS.filter(({ language }) => languages.includes(language));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const run = async (command: string, args: readonly string[], cwd = ROOT): Promise<Ended> => {
  const child = spawn(command, args, { cwd, timeout: BLOCK_MS });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = Promise.withResolvers<Ended>();
  child.once('error', ended.reject);
  child.once('close', (code) => ended.resolve({ code, output }));
  return ended.promise;
};

describe('the README', () => {
  let local: Local;
  let folder: string;

  beforeAll(async () => {
    mkdirSync(join(ROOT, '.cio-local'), { recursive: true });
    folder = mkdtempSync(join(ROOT, '.cio-local', 'readme-'));
    // The bus is kept below the working directory: a developer's own must stay as it is.
    process.chdir(folder);
    local = await startLocal(parseConfig('local', { PORT: '0', LOG_LEVEL: 'silent' }));
  });

  afterAll(async () => {
    await local.stop();
    process.chdir(CWD);
    rmSync(folder, { recursive: true });
  });

  const runBlock = ({ language, text }: Block): Promise<Ended> => {
    const here = text.replaceAll('http://localhost:8080', local.url);
    if (language === 'bash') return run('bash', ['-euo', 'pipefail', '-c', here]);
    if (language === 'ts') {
      const file = join(folder, 'block.ts');
      writeFileSync(file, here.replace("'customerio-platform'", `'${ROOT}/constructs/index.ts'`));
      return run(process.execPath, [file], folder);
    }
    const file = join(folder, 'block.mjs');
    writeFileSync(file, here.replace("'customerio-platform/app'", `'${ROOT}/app/index.ts'`));
    return run(process.execPath, [file]);
  };

  it('has the settings as they are; `npx node tools/settings-table.ts --write` renews them', () => {
    expect(settingsTableIn(README)).toBe(settingsTable());
  });

  it.each(blocksIn('bash', 'js', 'ts'))(
    'has a $language block that runs: $title',
    async (block) => {
      const { code, output } = await runBlock(block);
      expect(code === 0 ? 'done' : `exit code ${code}\n${output}`).toBe('done');
    },
    BLOCK_MS + 5_000,
  );

  it.each(PEOPLE)(
    'sends events of $id that arrive',
    async ({ id, email }) => {
      let person: unknown;
      const hasEvents = async (): Promise<boolean> => {
        const response = await fetch(`${local.url}/fake-customerio/_control/people/${id}`);
        person = await response.json();
        return response.ok && (person as { events: unknown[] }).events.length > 0;
      };
      await eventually(() => JSON.stringify(person), hasEvents, ARRIVES_WITHIN_MS);
      expect(person).toMatchObject({
        id,
        events: [{ name: 'Order Completed', attributes: { total: 12.5 } }],
        ...(email !== undefined && { attributes: { email } }),
      });
    },
    ARRIVES_WITHIN_MS + 5_000,
  );

  it('has a smallest stack of at most ten lines', () => {
    expect(blocksIn('ts').map(({ text }) => text.split('\n').length)).toEqual([10]);
  });

  it('has no other blocks than those run here, pictures, and console blocks with a reason', () => {
    const known = Object.keys(NOT_RUN);
    const begins = blocksIn('console').map(
      ({ text }) => known.find((begin) => text.startsWith(begin)) ?? text,
    );
    expect(begins).toEqual(known);
    expect(
      BLOCKS.filter(({ language }) => !['bash', 'js', 'ts', 'console', 'text'].includes(language)),
    ).toEqual([]);
    expect(README.match(/^```/gm)).toHaveLength(2 * BLOCKS.length);
  });
});
