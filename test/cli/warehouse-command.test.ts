import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { textTable } from '../../app/cli/text-table.ts';
import { freePort, runApart, runFile } from '../support/child.ts';

const MAIN = 'app/cli/main.ts';
const LIMIT_MS = 20_000;

describe('cio-platform warehouse query', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string };
  const asked: unknown[] = [];

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        asked.push([request.method, request.url, JSON.parse(body)]);
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      });
    }).listen(port, '127.0.0.1');
  });
  afterAll(() => void server.close());

  const query = (...args: string[]): ReturnType<typeof runFile> =>
    runFile(MAIN, ['warehouse', 'query', ...args], {});
  const rows = { columns: ['metric', 'n'], rows: [['opened', 12]], truncated: false };

  it(
    'prints a table, or JSON, of what the running platform answers',
    async () => {
      answer = { status: 200, body: JSON.stringify(rows) };
      expect(await query('SELECT 1', '--url', url)).toEqual({
        code: 0,
        output: 'metric   n\n------  --\nopened  12\n',
      });
      const { output } = await query('SELECT 1', '--url', url, '--json');
      expect(JSON.parse(output)).toEqual({ rows: [{ metric: 'opened', n: 12 }] });
      expect(asked.at(-1)).toEqual(['POST', '/warehouse/query', { sql: 'SELECT 1' }]);
    },
    LIMIT_MS,
  );

  it(
    'says in its own output that there are more rows',
    async () => {
      answer = { status: 200, body: JSON.stringify({ ...rows, truncated: true }) };
      const { out, err } = await runApart(MAIN, ['warehouse', 'query', 'SELECT 1', '--url', url]);
      expect([out.trim().split('\n').at(-1), err]).toEqual([
        'truncated, there are more rows: these are the first 1',
        '',
      ]);
      const { output } = await query('SELECT 1', '--url', url, '--json');
      expect(JSON.parse(output)).toEqual({ rows: [{ metric: 'opened', n: 12 }], truncated: true });
    },
    LIMIT_MS,
  );

  it(
    'says in one line what is wrong',
    async () => {
      answer = { status: 400, body: JSON.stringify({ message: 'column "nope" does not exist' }) };
      expect(await query('SELECT nope', '--url', url)).toEqual({
        code: 1,
        output: 'column "nope" does not exist\n',
      });
      answer = { status: 404, body: '<html>' };
      expect(await query('SELECT 1', '--url', url)).toEqual({
        code: 1,
        output: `HTTP 404 from ${url}/warehouse/query: is that npm start?\n`,
      });
      const nowhere = `http://127.0.0.1:${await freePort()}`;
      expect(await query('SELECT 1', '--url', nowhere)).toEqual({
        code: 1,
        output: `nothing answers at ${nowhere} (ECONNREFUSED): start it with npm start, or give --url\n`,
      });
    },
    LIMIT_MS,
  );

  it(
    'shows control characters of rows, columns and faults as escapes, and as JSON those of JSON',
    async () => {
      const hostile = { columns: ['a\u009b'], rows: [['\u001b]0;x\u0007\u202e\n']], truncated: false };
      answer = { status: 200, body: JSON.stringify(hostile) };
      expect(await query('SELECT 1', '--url', url)).toEqual({
        code: 0,
        output: 'a\\x9b\n--------------------\n\\x1b]0;x\\x07\\u202e\\n\n',
      });
      const { output } = await query('SELECT 1', '--url', url, '--json');
      expect(output).toContain('"a\\u009b": "\\u001b]0;x\\u0007\\u202e\\n"');
      expect(JSON.parse(output)).toEqual({ rows: [{ 'a\u009b': '\u001b]0;x\u0007\u202e\n' }] });
      answer = { status: 400, body: JSON.stringify({ message: 'no\u001b[2J\nready http://x.example' }) };
      expect(await query('SELECT 1', '--url', url)).toEqual({
        code: 1,
        output: 'no\\x1b[2J\\nready http://x.example\n',
      });
      answer = { status: 200, body: JSON.stringify({ columns: '\u001b[2J', rows: 7 }) };
      const broken = await query('SELECT 1', '--url', url);
      expect(broken.code).toBe(1);
      expect(broken.output).toContain('TypeError');
      expect(broken.output).not.toContain('\u001b');
    },
    2 * LIMIT_MS,
  );

  it(
    'repeats what was typed as escapes, and suggests on a line of its own',
    async () => {
      const typed = await query('SELECT 1', '--urk', '\u001b[2J');
      expect([typed.code, typed.output.split('\n').slice(0, 2)]).toEqual([
        2,
        ["error: unknown option '--urk'", '(Did you mean --url?)'],
      ]);
      const { output } = await query('SELECT 1', '--url', 'http://\u001b[2J');
      expect(output).toContain("argument 'http://\\x1b[2J' is invalid");
    },
    LIMIT_MS,
  );

  it('exits with 2 without a query', async () => expect((await query()).code).toBe(2), LIMIT_MS);

  it.each([
    ['an empty query', ['']],
    ['a blank query', [' \n ']],
  ])(
    'says of %s that a SELECT is missing, and asks nobody',
    async (_what, args) => {
      const before = asked.length;
      const { code, output } = await query(...args, '--url', url);
      expect(code).toBe(2);
      expect(output).toContain("is invalid for argument 'sql'. It must be a SELECT");
      expect(asked).toHaveLength(before);
    },
    LIMIT_MS,
  );

  it.each([
    ['ftp://127.0.0.1', 'It must be an http or https address'],
    ['nowhere', 'It must be an http or https address'],
    ['/prefix', 'It must be only where npm start listens'],
    ['/?a=1', 'It must be only where npm start listens'],
  ])(
    'refuses --url with %s, and asks nobody',
    async (address, words) => {
      const before = asked.length;
      const given = address.startsWith('/') ? `${url}${address}` : address;
      const { code, output } = await query('SELECT 1', '--url', given);
      expect(code).toBe(2);
      expect(output).toContain(`argument '${given}' is invalid. ${words}`);
      expect(asked).toHaveLength(before);
    },
    LIMIT_MS,
  );

  it(
    'takes an address with a slash at its end',
    async () => {
      answer = { status: 200, body: JSON.stringify(rows) };
      expect((await query('SELECT 1', '--url', `${url}/`)).code).toBe(0);
    },
    LIMIT_MS,
  );
});

describe('textTable', () => {
  it('puts numbers to the right, leaves nulls empty, and cuts what is long', () => {
    const table = textTable(
      ['name', 'n'],
      [
        ['a', 5],
        [null, 1000],
        ['x'.repeat(70), null],
      ],
    );
    const [, , first, second, third] = table;
    expect(first).toBe(`a${' '.repeat(61)}   5`);
    expect(second).toBe(`${' '.repeat(62)}1000`);
    expect(third).toBe(`${'x'.repeat(59)}…`);
  });

  it('lets no control character of a webhook reach the terminal', () => {
    expect(textTable(['a\u202e'], [['x\u001b[2J\ny']])).toEqual(['a\\u202e', '-----------', 'x\\x1b[2J\\ny']);
  });
});
