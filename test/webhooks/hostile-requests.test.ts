import { once } from 'node:events';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { event } from './read-rows.ts';
import {
  bytesOf,
  expectWritable,
  recovered,
  signed,
  startWebhooks,
  type WebhookServer,
} from './webhook-server.ts';

const BODY_MS = 300;
const TEXT = JSON.stringify(event());
const SIGNED = signed(TEXT);

let server: WebhookServer;
beforeEach(async () => {
  server = await startWebhooks();
});
afterEach(async () => {
  expectWritable(server.stream);
  await server.close();
});

const expectStored = async (body: unknown, headers: Record<string, string> = {}): Promise<void> => {
  const response = await server.post(body, { ...signed(body), ...headers });
  expect(response.status).toBe(200);
  expect(recovered(server.stream.messages)?.equals(bytesOf(body))).toBe(true);
};

/** Posts with headers as they are, an array being a repeated one. */
const postRaw = async (headers: OutgoingHttpHeaders): Promise<number | undefined> => {
  const sending = httpRequest(server.url, {
    method: 'POST',
    headers: { ...headers, 'content-length': TEXT.length },
  });
  sending.end(TEXT);
  const [response] = await once(sending, 'response');
  response.resume();
  return response.statusCode;
};

/** Sends bytes over a socket, then `drip` again and again until the server ends it; resolves to what it said. */
const trickle = async (head: string, drip: string | Buffer, everyMs: number): Promise<string> => {
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (chunk) => (said += String(chunk)));
  // The server closes on us while we write: that is the point.
  socket.on('error', () => undefined);
  socket.write(head);
  const timer = setInterval(() => socket.writable && socket.write(drip), everyMs);
  // Not once(): it rejects when the server closes while we write.
  await new Promise((resolve) => socket.on('close', resolve));
  clearInterval(timer);
  return said;
};

const headOf = (more: string): string => {
  const own = Object.entries(SIGNED).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /webhooks/customerio HTTP/1.1\r\nHost: x\r\n${own.join('')}${more}\r\n\r\n`;
};

describe('headers', () => {
  const { 'x-cio-signature': signature = '', 'x-cio-timestamp': timestamp = '' } = SIGNED;
  it.each<[string, OutgoingHttpHeaders]>([
    ['without both', {}],
    ['without a signature', { 'x-cio-timestamp': timestamp }],
    ['without a timestamp', { 'x-cio-signature': signature }],
    ['with an empty signature', { ...SIGNED, 'x-cio-signature': '' }],
    ['with the signature twice', { ...SIGNED, 'x-cio-signature': [signature, signature] }],
    ['with the timestamp twice', { ...SIGNED, 'x-cio-timestamp': [timestamp, timestamp] }],
    ['with a signature in upper case', { ...SIGNED, 'x-cio-signature': signature.toUpperCase() }],
    ['with a signature that is no hexadecimal', { ...SIGNED, 'x-cio-signature': 'z'.repeat(64) }],
    ['with a signature of odd length', { ...SIGNED, 'x-cio-signature': signature.slice(1) }],
    ['with a huge signature', { ...SIGNED, 'x-cio-signature': 'a'.repeat(8_000) }],
  ])('%s are answered 401', async (_what, headers) => {
    expect(await postRaw(headers)).toBe(401);
    expect(server.stream.messages).toEqual([]);
  });

  it('have names in any case', async () => {
    expect(await postRaw({ 'X-CIO-TIMESTAMP': timestamp, 'X-Cio-Signature': signature })).toBe(200);
  });
});

describe('a signed body', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const open = '{"a":'.repeat(100_000);
  it.each<[string, unknown, string | undefined]>([
    ['that is empty', '', 'empty'],
    ['that is no UTF-8', Buffer.from([0xc3, 0x28]), 'not_utf8'],
    ['with a byte order mark', `\ufeff${TEXT}`, undefined],
    ['with keys twice', TEXT.replace('{', '{"event_id":"e0",'), undefined],
    ['nested deep', TEXT.replace('{}', `{"a":${deep}}`), undefined],
    ['that is nothing but nesting', deep, 'array'],
    ['that nests and breaks off', open, 'not_json'],
    ['of several events', [event(), event({ event_id: 'e2' })], 'array'],
    ['with U+0000', '\u0000', 'not_json'],
    ['of __proto__ keys', '{"__proto__":{"event_id":"x"},"constructor":{"prototype":{}}}', 'event_id'],
    ['of 1 MB', TEXT.replace('{}', `{"subject":"${'é'.repeat(499_000)}"}`), undefined],
    ['of 1 MB without sense', Buffer.alloc(1_000_000, 0xff), 'not_utf8'],
    ['with 300,000 recipients', TEXT.replace('{}', `{"recipients":[${'{},'.repeat(300_000)}{}]}`), undefined],
  ])('%s is stored byte for byte', async (_what, body, reason) => {
    const from = performance.now();
    await expectStored(body);
    expect(server.stream.messages[0]?.row['reason']).toBe(reason);
    expect(performance.now() - from).toBeLessThan(3_000);
  });

  it('that is compressed is stored compressed, as it was signed', async () => {
    const body = gzipSync(TEXT);
    await expectStored(body, { 'content-encoding': 'gzip' });
    expect(server.stream.messages[0]?.row).toMatchObject({
      reason: 'content_encoding',
      content_encoding: 'gzip',
    });
  });

  it('that would decompress to 100 MB stays as small as it is', async () => {
    await expectStored(gzipSync(Buffer.alloc(100_000_000)), { 'content-encoding': 'gzip' });
    expect(JSON.stringify(server.stream.messages).length).toBeLessThan(200_000);
  });

  it('of any media type is read', async () => {
    await expectStored(TEXT, { 'content-type': 'application/x-www-form-urlencoded' });
  });
});

describe('a body', () => {
  it.each([32_000_001, 40_000_000])('of %i bytes is 413, and nothing of it is kept', async (bytes) => {
    const body = Buffer.alloc(bytes, 0x20);
    expect((await server.post(body)).status).toBe(413);
    expect(server.stream.messages).toEqual([]);
  });
});

describe('a body without end', () => {
  beforeEach(async () => {
    await server.close();
    server = await startWebhooks({ bodyMs: BODY_MS });
  });

  it('that is said to be 100 GB is 413 or cut off in time', async () => {
    const from = performance.now();
    const said = await trickle(headOf('Content-Length: 100000000000'), Buffer.alloc(1_000_000), 5);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    expect(performance.now() - from).toBeLessThan(BODY_MS + 2_000);
  });

  it('in chunks for ever is 413 in bounded time and memory', async () => {
    await server.close();
    server = await startWebhooks({ bodyMs: BODY_MS, bodyBytes: 1_000_000, hashedBytes: 1_000_000 });
    const chunk = Buffer.concat([Buffer.from('40000\r\n'), Buffer.alloc(0x40000), Buffer.from('\r\n')]);
    const before = process.memoryUsage().arrayBuffers;
    const from = performance.now();
    const said = await trickle(headOf('Transfer-Encoding: chunked'), chunk, 5);
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    expect(performance.now() - from).toBeLessThan(BODY_MS + 2_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60_000_000);
  });

  it('byte for byte is 408 in bounded time', async () => {
    const from = performance.now();
    expect(await trickle(headOf('Transfer-Encoding: chunked'), '1\r\nx\r\n', 10)).toMatch(/^HTTP\/1\.1 408 /);
    expect(await trickle(headOf('Content-Length: 500000'), 'x', 10)).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - from).toBeLessThan(2 * BODY_MS + 2_000);
    expect(server.logger.of('webhook.received')[0]?.fields).toMatchObject({ outcome: 'slow', status: 408 });
    expect(await server.metrics.text()).toContain('webhook_requests_total{outcome="slow"} 2');
    expect(server.stream.messages).toEqual([]);
  });

  it('that is not signed at all is 401 before it is read, and cut off', async () => {
    const from = performance.now();
    const head = 'POST /webhooks/customerio HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await trickle(head, '1\r\nx\r\n', 10)).toMatch(/^HTTP\/1\.1 401 /);
    expect(performance.now() - from).toBeLessThan(BODY_MS);
  });

  it('in single bytes that come fast is read', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const single = [...TEXT].map((byte) => `1\r\n${byte}\r\n`).join('');
    socket.write(`${headOf('Transfer-Encoding: chunked')}${single}0\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
    expect(recovered(server.stream.messages)?.toString()).toBe(TEXT);
  });

  it('whose sender goes away is a line and nothing else', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`${headOf(`Content-Length: ${TEXT.length}`)}${TEXT.slice(1)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(server.logger.lines.map(({ level, fields }) => [level, fields['outcome']])).toEqual([
      ['warn', 'aborted'],
    ]);
    expect(server.stream.messages).toEqual([]);
    expect((await server.post(TEXT)).status).toBe(200);
  });
});
