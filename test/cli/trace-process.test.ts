import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { askTrace } from '../../app/cli/ask-trace.ts';
import { freePort, runFile } from '../support/child.ts';

const CLI = 'app/cli/main.ts';
const LIMIT_MS = 30_000;
const QUESTION = { since: '2026-11-24T10:00:00.000Z', max: 10, within: 1 };

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** A server that answers everything alike; what was asked for is kept. */
const answering = async (status: number, body: string): Promise<{ url: string; asked: string[] }> => {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

describe('the command trace', () => {
  it(
    'says in one sentence that Kafka is down',
    async () => {
      const env = { KAFKA_BROKERS: `127.0.0.1:${await freePort()}`, KAFKA_TLS: 'false' };
      const { code, output } = await runFile(CLI, ['trace', 'm1', '--no-warehouse'], env);
      expect(code).toBe(4);
      expect(output.trim().split('\n')).toEqual([
        expect.stringMatching(
          /^Kafka cannot be read: .*: check KAFKA_BROKERS and its settings, or .*--no-kafka$/,
        ),
      ]);
    },
    LIMIT_MS,
  );

  it(
    'says in one sentence that Kafka is demanded and not set, and that nothing answers',
    async () => {
      const demanded = await runFile(CLI, ['trace', 'm1', '--kafka'], {});
      expect([demanded.code, demanded.output.trim().split('\n')]).toEqual([
        1,
        [expect.stringContaining('KAFKA_BROKERS')],
      ]);
      const url = `http://127.0.0.1:${await freePort()}`;
      const alone = await runFile(CLI, ['trace', 'm1', '--url', url], {});
      expect([alone.code, alone.output]).toEqual([
        4,
        `nothing answers at ${url}: start it with npm start, or give --url, or --project for BigQuery\n`,
      ]);
    },
    LIMIT_MS,
  );

  it(
    'exits with 2 for an empty id and for nothing to search',
    async () => {
      for (const args of [[''], ['m1', '--no-warehouse']]) {
        expect((await runFile(CLI, ['trace', ...args], {})).code).toBe(2);
      }
    },
    LIMIT_MS,
  );
});

describe('asking npm start for a trace', () => {
  it('sends the id as it is, whatever it holds', async () => {
    const body = { id: 'x', since: '', verdicts: [], steps: [], searched: {} };
    const { url, asked } = await answering(200, JSON.stringify(body));
    expect(await askTrace(url, 'a/b?c=d&e#f ü', QUESTION)).toEqual(body);
    expect(asked).toEqual([
      '/trace/a%2Fb%3Fc%3Dd%26e%23f%20%C3%BC?since=2026-11-24T10%3A00%3A00.000Z&max=10&within=1',
    ]);
  });

  it.each([
    [503, '{"message":"no topic customerio.track"}', 'npm start: no topic customerio.track'],
    [200, '<html>', 'answers no trace: is that npm start, of this version?'],
    [200, '{"steps":1}', 'answers no trace: is that npm start, of this version?'],
    [404, '', 'answers no trace: is that npm start, of this version?'],
  ])('says what is wrong with the answer %i %s', async (status, body, words) => {
    const { url } = await answering(status, body);
    await expect(askTrace(url, 'm1', QUESTION)).rejects.toThrow(words);
  });
});
