import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';
import type { Problem } from '../../app/runtime/http/problem.ts';

type Listening = Awaited<ReturnType<typeof listen>>;

const listening: Listening[] = [];
afterEach(async () => {
  await Promise.all(listening.splice(0).map(({ server }) => closeServer(server, 0)));
});

const serve = async (
  handler: Parameters<typeof listen>[0],
): Promise<{ readonly port: number; readonly refused: Problem[] }> => {
  const refused: Problem[] = [];
  const started = await listen(handler, 0, '127.0.0.1', { onRefused: (problem) => refused.push(problem) });
  listening.push(started);
  return { port: started.port, refused };
};

/** What comes back for these bytes, and for others a moment later, until the connection ends. */
const answerTo = async (port: number, bytes: string, afterwards?: string): Promise<string> => {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const socket = connect(port, '127.0.0.1')
    .on('data', (chunk) => {
      text += String(chunk);
    })
    .on('error', () => undefined)
    .on('close', () => resolve(text));
  socket.write(bytes);
  if (afterwards !== undefined) {
    await sleep(100);
    socket.write(afterwards);
  }
  return promise;
};

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n';

describe('what the HTTP server itself refuses', () => {
  it.each([
    ['headers that are too large', `${GET}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['what is no HTTP', 'hello\r\n\r\n', 400, 'bad_request'],
    ['two lengths', `${GET}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400, 'bad_request'],
    [
      'a length and chunks',
      `${GET}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
      'bad_request',
    ],
    ['a control character in a header', `${GET}X: a\u0001b\r\n\r\n`, 400, 'bad_request'],
    ['an expectation that nobody serves', `${GET}Expect: a miracle\r\n\r\n`, 417, 'expectation_failed'],
  ])('is a problem: %s', async (_what, bytes, status, code) => {
    const { port, refused } = await serve((_request, response) => response.end('served'));
    const text = await answerTo(port, bytes);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toMatch(/^Connection: close\r$/im);
    expect(text).toMatch(/^Content-Type: application\/problem\+json/im);
    const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
    expect(body).toMatchObject({ status, code });
    expect(refused.map((problem) => problem.code)).toEqual([code]);
  });

  it('is never written into another answer', async () => {
    const { port } = await serve((_request, response) => {
      response.writeHead(200).write('half');
    });
    const text = await answerTo(port, `${GET}\r\n`, 'nonsense\r\n\r\n');
    expect(text).toContain('half');
    expect(text).not.toContain('problem');
  });
});

describe('a connection', () => {
  it('that sends more than a hundred requests without reading answers is closed', async () => {
    let served = 0;
    const { port, refused } = await serve(() => {
      served += 1;
    });
    expect(await answerTo(port, `${GET}\r\n`.repeat(1_500))).toBe('');
    expect(served).toBe(100);
    expect(refused.map(({ code }) => code)).toEqual(['too_many_pipelined']);
  });

  it('may send as many as it likes that are answered', async () => {
    const { port } = await serve((_request, response) => response.end('x'));
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    for (let index = 0; index < 30; index += 1) {
      socket.write(`${GET}\r\n`.repeat(10));
      await sleep(5);
    }
    await sleep(100);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(300);
    socket.destroy();
  });
});
