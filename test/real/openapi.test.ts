import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { get, RoleWorld } from '../roles/role-world.ts';
import { eventually } from '../support/child.ts';
import { pythonEnvironment, pythonIsMissing } from '../support/python-environment.ts';

const ROOT = path.resolve(import.meta.dirname, '../../.real-servers');
const WRITE_KEY = 'k-described-0123456789';
/** Requests of each endpoint besides those at its limits, which are always sent. */
const EXAMPLES = Number(process.env['OPENAPI_EXAMPLES'] ?? 60);
const WITHIN_MS = 60_000 + EXAMPLES * 2_000;

/** Its own list has no 413, which is how an event that breaks a rule is refused where it is also too large. */
const SETTINGS = `[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
`;

let world: RoleWorld;
let folder: string;
let python: string;

const reason = pythonIsMissing();
const itHere = reason === undefined ? it : it.skip;
const why = reason === undefined ? '' : `: skipped, ${reason}`;

beforeAll(async () => {
  if (reason === undefined) python = await pythonEnvironment(ROOT, 'schemathesis', '4.32.5');
}, 180_000);
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'openapi-'));
  writeFileSync(path.join(folder, 'schemathesis.toml'), SETTINGS);
  world = new RoleWorld();
  await world.makeTopics();
});
afterEach(async () => {
  await world.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends requests that the description allows and requests that it forbids. Gives what the tool says in the end. */
const schemathesis = (url: string, headers: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const args = ['run', `${url}/v1/openapi.json`, '--checks', 'all', '--continue-on-failure', '--no-color'];
    const sent = headers.flatMap((header) => ['--header', header]);
    const bounds = ['--max-examples', String(EXAMPLES), '--seed', '1', '--generation-database', 'none'];
    execFile(
      python,
      ['-m', 'schemathesis.cli', ...args, ...bounds, ...sent],
      { cwd: folder, timeout: WITHIN_MS, maxBuffer: 100_000_000 },
      (error, stdout, stderr) => resolve(error === null ? stdout : `${error.message}\n${stdout}${stderr}`),
    );
  });

const BASIC = `Authorization: Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`;

describe('the ingest takes what its description allows, refuses what it forbids, and answers as it says', () => {
  for (const [mapping, scheme, headers] of [
    ['destination', 'Basic', [BASIC]],
    ['as-sent', 'Bearer', [`Authorization: Bearer ${WRITE_KEY}`]],
  ] as const) {
    itHere(
      `to every check of Schemathesis, with events read as ${mapping} and a key by ${scheme}${why}`,
      async () => {
        const keys = world.put('keys', `shop=${WRITE_KEY}`);
        const url = await world.ingest({ INGEST_WRITE_KEYS_FILE: keys, INGEST_MAPPING: mapping });
        await eventually(
          () => 'the ingest is ready',
          async () => (await get(`${url}/readyz`)).status === 200,
          10_000,
        );
        const report = await schemathesis(url, headers);
        expect(report).toContain('No issues found');
        const [, generated, passed] = /(\d+) generated, (\d+) passed/.exec(report) ?? [];
        process.stderr.write(`${mapping}: ${passed} of ${generated} requests answered as described\n`);
        expect(Number(passed)).toBe(Number(generated));
        expect(Number(passed)).toBeGreaterThan(1_000);
      },
      WITHIN_MS,
    );
  }
});
