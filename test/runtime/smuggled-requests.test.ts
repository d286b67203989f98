import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';

const START = 'POST /v1/track HTTP/1.1\r\nHost: localhost\r\n';
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
const CASES: readonly [what: string, request: string][] = [
  [
    'a length and chunks',
    `${START}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['two lengths', `${START}Content-Length: 5\r\nContent-Length: 6\r\n\r\nbytes${SMUGGLED}`],
  ['a length with a sign', `${START}Content-Length: +5\r\n\r\nbytes${SMUGGLED}`],
  ['an encoding after chunks', `${START}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  ['a blank before the colon', `${START}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
  [
    'a header that goes on in the next line',
    `${START}X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  ['line feeds alone', `${START}Content-Length: 5\r\n\r\nbytes`.replaceAll('\r\n', '\n') + SMUGGLED],
  [
    'a line feed in a chunk’s extension',
    `${START}Transfer-Encoding: chunked\r\n\r\n5;a\nb\r\nbytes\r\n0\r\n\r\n${SMUGGLED}`,
  ],
];

let server: Server;
let port: number;
let handled: string[];

beforeEach(async () => {
  handled = [];
  ({ server, port } = await listen(
    (request, response) => {
      handled.push(String(request.url));
      request.resume().on('end', () => response.end());
    },
    0,
    '127.0.0.1',
  ));
});
afterEach(() => closeServer(server, 200));

const answerTo = async (request: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk) => (said += String(chunk)));
  socket.write(request);
  await once(socket, 'close');
  return said;
};

describe('a request whose end a proxy could see elsewhere', () => {
  it.each(CASES)('by %s is 400, ends the connection, and smuggles no other in', async (_what, request) => {
    expect(await answerTo(request)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(handled).not.toContain('/smuggled');
  });
});
