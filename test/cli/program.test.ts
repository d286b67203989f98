import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WarehouseReadError } from '../../app/bigquery/port.ts';
import { faultOf } from '../../app/cli/fault-of.ts';
import { AppApiError } from '../../app/customerio/app-error.ts';
import { NoCredentialsError } from '../../app/google-auth/google-headers.ts';
import { BusError } from '../../app/kafka/port.ts';
import { StateFileError } from '../../app/reconcile/state-file.ts';
import { freePort, runApart } from '../support/child.ts';

const MAIN = 'app/cli/main.ts';
const LIMIT_MS = 40_000;

describe('a command whose output is closed', () => {
  let server: Server;
  let url: string;
  const ROWS = Array.from({ length: 1_000 }, (_none, index) => [index, 'x'.repeat(1_000)]);

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ columns: ['n', 'text'], rows: ROWS, truncated: false }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  /** The reader reads so many bytes and goes; `err` is what the command says beside its result. */
  const piped = (
    args: readonly string[],
    reader: string,
    also = '',
  ): Promise<{ code: number; err: string }> =>
    new Promise((resolve) => {
      const script = `set -o pipefail; node ${MAIN} "$@" ${also} | ${reader} > /dev/null; exit \${PIPESTATUS[0]}`;
      const { NODE_OPTIONS: _options, ...env } = process.env;
      const child = spawn('bash', ['-c', script, 'bash', ...args], {
        env: { ...env, PATH: `${process.cwd()}/node_modules/.bin:${process.env['PATH']}` },
      });
      let err = '';
      child.stderr.on('data', (chunk) => {
        err += String(chunk);
      });
      child.on('close', (code) => resolve({ code: code ?? -1, err }));
    });

  it.each([
    ['warehouse query', ['warehouse', 'query', 'SELECT 1']],
    ['warehouse query --json', ['warehouse', 'query', 'SELECT 1', '--json']],
  ])(
    'ends in silence: %s',
    async (_what, args) => {
      for (const reader of ['head -c 1', 'true']) {
        expect(await piped([...args, '--url', url], reader)).toEqual({ code: 0, err: '' });
      }
    },
    2 * LIMIT_MS,
  );

  it(
    'ends in silence also with a fault and with help',
    async () => {
      const nowhere = `http://127.0.0.1:${await freePort()}`;
      const { code } = await piped(['trace', 'm1', '--url', nowhere], 'true');
      expect(code).toBe(4);
      expect(await piped(['--help'], 'true')).toEqual({ code: 0, err: '' });
    },
    2 * LIMIT_MS,
  );

  it(
    'ends in silence where nobody reads standard error either',
    async () => {
      const nowhere = `http://127.0.0.1:${await freePort()}`;
      expect(await piped(['trace', 'm1', '--url', nowhere], 'true', '2>&1')).toEqual({ code: 4, err: '' });
    },
    LIMIT_MS,
  );
});

describe('a fault with --json', () => {
  const parsed = (err: string): unknown => {
    expect(err.trim().split('\n')).toHaveLength(1);
    return JSON.parse(err);
  };

  it(
    'is one line of JSON on standard error, and standard output is empty',
    async () => {
      const nowhere = `http://127.0.0.1:${await freePort()}`;
      const asked = await runApart(MAIN, ['trace', 'm1', '--url', nowhere, '--json']);
      expect([asked.code, asked.out, parsed(asked.err)]).toEqual([
        4,
        '',
        {
          error: {
            code: 'warehouse_unavailable',
            message: `nothing answers at ${nowhere}: start it with npm start, or give --url, or --project for BigQuery`,
          },
        },
      ]);
      const query = await runApart(MAIN, ['warehouse', 'query', 'SELECT 1', '--url', nowhere, '--json']);
      expect([query.code, query.out, parsed(query.err)]).toMatchObject([
        1,
        '',
        { error: { code: 'query_failed' } },
      ]);
    },
    LIMIT_MS,
  );

  it(
    'is so where it is a fault of usage or of settings',
    async () => {
      const usage = await runApart(MAIN, ['trace', 'm1', '--sinse', '2h', '--json']);
      expect([usage.code, usage.out, parsed(usage.err)]).toEqual([
        2,
        '',
        { error: { code: 'usage', message: "unknown option '--sinse' (Did you mean --since?)" } },
      ]);
      const inside = await runApart(MAIN, ['trace', '', '--json']);
      expect([inside.code, parsed(inside.err)]).toEqual([
        2,
        { error: { code: 'usage', message: 'the id is empty' } },
      ]);
      const settings = await runApart(MAIN, ['webhooks', 'status', '--env', 'dev', '--json']);
      expect([settings.code, settings.out, parsed(settings.err)]).toMatchObject([
        1,
        '',
        { error: { code: 'settings', message: expect.stringContaining('CUSTOMERIO_APP_API_KEY') } },
      ]);
    },
    LIMIT_MS,
  );

  it('says of a fault of ours where it happened, in the same line', () => {
    const { text, code } = faultOf(new TypeError('a\nb'), 'stream replay', true);
    expect([code, text.includes('\n')]).toEqual([1, false]);
    expect(JSON.parse(text)).toEqual({
      error: {
        code: 'internal',
        message: 'TypeError: a\nb',
        trace: expect.stringContaining('program.test.ts'),
      },
    });
  });
});

describe('the exit code of a fault', () => {
  it.each([
    ['cio-platform trace', new WarehouseReadError('no'), 4],
    ['cio-platform trace', new BusError('authentication_failed', 'no'), 4],
    ['cio-platform trace', new NoCredentialsError('no'), 4],
    ['cio-platform reconcile', new AppApiError('unauthorized', 'no'), 4],
    ['cio-platform reconcile', new StateFileError('no'), 1],
    ['webhooks status', new AppApiError('unavailable', 'no'), 4],
    ['webhooks register', new AppApiError('unavailable', 'no'), 1],
    ['stream replay', new NoCredentialsError('no'), 1],
    ['cio-platform trace', new TypeError('ours'), 1],
  ])('of %s tells that it could not ask: %s is %i', (command, error, code) => {
    expect(faultOf(error, command, false).code).toBe(code);
  });
});
