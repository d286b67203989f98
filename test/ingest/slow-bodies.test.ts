import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LIMITS } from '../../app/contract/limits.ts';
import { Shares } from '../../app/ingest/shares.ts';
import { BASIC, type IngestServer, startIngest } from './ingest-server.ts';

let server: IngestServer;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = await startIngest();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  jest.restoreAllMocks();
  await server.close();
});

const HEAD = `POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${BASIC}\r\nContent-Type: application/json\r\n`;

/** Sends the head and some bytes; resolves with what comes back until the connection ends. */
const send = (
  length: string,
  body: string,
): { readonly socket: Socket; readonly answer: Promise<string> } => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  sockets.push(socket);
  socket.write(`${HEAD}${length}\r\n\r\n${body}`);
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.on('close', () => resolve(text)).on('error', () => undefined);
  return { socket, answer: promise };
};

const realNow = performance.now.bind(performance);

/** Moves the clock that bodies are timed by to so many milliseconds after now; then what asks it from time to time has asked. */
const later = async (ms: number): Promise<void> => {
  jest.spyOn(performance, 'now').mockImplementation(() => realNow() + ms);
  await sleep(600);
};

describe('a body that comes slowly', () => {
  it.each([
    ['of 100 bytes', 'Content-Length: 100', '{', 5_002],
    ['of 500,000 bytes', 'Content-Length: 500000', '{', 15_000],
    [
      'of which 100,000 bytes came in chunks',
      'Transfer-Encoding: chunked',
      `186a0\r\n${'x'.repeat(100_000)}`,
      7_000,
    ],
  ])(
    '%s is 408, and ends its connection, after five seconds and its size at 50 kB/s',
    async (_what, length, body, ms) => {
      const { answer } = send(length, body);
      let text: string | undefined;
      const answered = answer.then((all) => {
        text = all;
      });
      await sleep(300);
      await later(ms - 2_000);
      expect(text).toBeUndefined();
      await later(ms);
      await answered;
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(text).toMatch(/^Connection: close\r$/m);
      expect(text).toContain('"code":"request_timeout"');
    },
  );

  it('holds only the bytes that came, so that sixty announcements shut nobody out', async () => {
    await server.close();
    server = await startIngest({ shares: new Shares({ bodiesBytes: 1_000_000 }) });
    for (let index = 0; index < 66; index += 1) send('Content-Length: 500000', '{');
    await sleep(100);
    const response = await server.post('/v1/track', { userId: 'u1', event: 'x' });
    expect(response.status).toBe(200);
  });

  it('of one source leaves half of the memory to the others', async () => {
    await server.close();
    server = await startIngest({ shares: new Shares({ bodiesBytes: 2 * LIMITS.batchBytes }) });
    const other = { authorization: `Basic ${Buffer.from('k-app:').toString('base64')}` };
    const event = { userId: 'u1', event: 'x' };
    expect((await server.post('/v1/track', event, other)).status).toBe(200);
    for (let index = 0; index < 20; index += 1) send('Content-Length: 490000', `{${' '.repeat(100_000)}`);
    await sleep(200);
    const large = `${JSON.stringify(event)}${' '.repeat(200_000)}`;
    expect((await server.post('/v1/track', large)).status).toBe(429);
    expect((await server.post('/v1/track', large, other)).status).toBe(200);
  });
});
