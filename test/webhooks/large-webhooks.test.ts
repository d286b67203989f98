import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { toMessage } from '../../app/pubsub/to-message.ts';
import { event } from './read-rows.ts';
import {
  bytesOf,
  expectWritable,
  KEY,
  recovered,
  signed,
  startWebhooks,
  type WebhookServer,
} from './webhook-server.ts';

const MB = 1_000_000;
const LIMIT_MS = 60_000;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** An event of exactly so many bytes: its content is one piece again and again, filled up with `x`. */
const sized = (bytes: number, piece: string): string => {
  const empty = JSON.stringify(event({ data: { delivery_id: 'd1', content: '' } }));
  const room = bytes - Buffer.byteLength(empty);
  const written = JSON.stringify(piece).slice(1, -1);
  const times = Math.floor(room / Buffer.byteLength(written));
  const rest = room - times * Buffer.byteLength(written);
  return empty.replace('"content":""', () => `"content":"${written.repeat(times)}${'x'.repeat(rest)}"`);
};

/** An event whose content is an object, so that its column is JSON text within JSON text. */
const nested = (bytes: number): string => {
  const content = { topics: Array.from({ length: Math.floor(bytes / 100) }, () => `"${'\\'.repeat(43)}"\n`) };
  const text = JSON.stringify(event({ data: { delivery_id: 'd1', content } }));
  return text.padEnd(bytes, ' ');
};

let server: WebhookServer;
beforeEach(async () => {
  server = await startWebhooks();
});
afterEach(async () => {
  expectWritable(server.stream);
  await server.close();
});

const kept = (): { readonly table: string; readonly row: Readonly<Record<string, unknown>> } => {
  expect(server.stream.messages).toHaveLength(1);
  const [message] = server.stream.messages;
  if (message === undefined) throw new Error('nothing was published');
  // Throws where Pub/Sub would not take it.
  toMessage(message);
  return message;
};

describe.each<[string, (bytes: number) => string]>([
  ['plain', (bytes) => sized(bytes, 'x')],
  ['of quotes', (bytes) => sized(bytes, '"')],
  ['of backslashes and line feeds', (bytes) => sized(bytes, '\\\n')],
  ['of control characters', (bytes) => sized(bytes, '\u0001\u001f')],
  ['of U+0000 and half pairs', (bytes) => sized(bytes, '\u0000\ud800')],
  ['of text in several bytes', (bytes) => sized(bytes, 'é漢🙂')],
  ['of JSON within JSON', nested],
])('an event %s', (_what, bodyOf) => {
  it.each([1, 2, 3, 4, 5, 5.4, 6, 7, 7.9, 8])(
    'of %d MB is 200, and its row is one that Pub/Sub takes, with all of it or its length and SHA-256',
    async (mb) => {
      const body = bytesOf(bodyOf(Math.round(mb * MB)));
      expect((await server.post(body)).status).toBe(200);
      const { table, row } = kept();
      expect(table).toBe('delivery_events');
      expect(row).toMatchObject({ event_id: 'e1', delivery_id: 'd1' });
      const raw = String(row['raw']);
      if (raw.length < 200) {
        expect(JSON.parse(raw)).toEqual({ omitted: { bytes: body.length, sha256: sha256(body) } });
      } else expect(Buffer.from(raw).equals(body)).toBe(true);
      if (mb <= 1) expect(raw.length).toBeGreaterThan(200);
    },
    LIMIT_MS,
  );

  it.each([8.000001, 9, 12])(
    'of %d MB is 200, and kept as its length, its SHA-256 and its first 64 kB',
    async (mb) => {
      const body = bytesOf(bodyOf(Math.round(mb * MB)));
      expect((await server.post(body)).status).toBe(200);
      const { table, row } = kept();
      expect([table, row['reason']]).toEqual(['quarantine', 'too_large']);
      expect([row['body_bytes'], row['body_sha256']]).toEqual([body.length, sha256(body)]);
      expect(Buffer.from(String(row['body_base64']), 'base64').equals(body.subarray(0, 64_000))).toBe(true);
    },
    LIMIT_MS,
  );
});

describe('a large row', () => {
  it('keeps its content where only raw makes it too large, and loses the largest columns else', async () => {
    const content = 'x'.repeat(6 * MB);
    const plain = JSON.stringify(event({ data: { subject: 'Hi', content } }));
    expect((await server.post(plain)).status).toBe(200);
    expect(server.stream.messages[0]?.row).toMatchObject({ subject: 'Hi', content });
    const loud = '\u0001'.repeat(1_300_000);
    const escaped = JSON.stringify(event({ data: { subject: 'Hi', content: loud } }));
    expect((await server.post(escaped)).status).toBe(200);
    const row = server.stream.messages[1]?.row;
    expect(row).toMatchObject({ subject: 'Hi', content: loud });
    expect(JSON.parse(String(row?.['raw']))).toHaveProperty('omitted.bytes', escaped.length);
  });

  it('of a push stays below the limit beside those of its recipients', async () => {
    const recipients = Array.from({ length: 2_000 }, (_, index) => ({
      device_id: `t${index}`,
      failure_message: '"'.repeat(1_500),
    }));
    const body = JSON.stringify(event({ object_type: 'push', metric: 'bounced', data: { recipients } }));
    expect(body.length).toBeGreaterThan(6 * MB);
    expect((await server.post(body)).status).toBe(200);
    const messages = server.stream.messages.map(toMessage);
    expect(messages).toHaveLength(1_000);
    expect(server.stream.messages[0]?.row).toMatchObject({ recipient_count: 2_000 });
  });

  it.each([
    [7, false],
    [7.9, true],
  ])('of the quarantine of %d MB fits: cut, %p', async (mb, isCut) => {
    const body = Buffer.alloc(mb * MB, 0xff);
    expect((await server.post(body)).status).toBe(200);
    const { row } = kept();
    expect(row['reason']).toBe('not_utf8');
    if (isCut) expect([row['body_bytes'], row['body_sha256']]).toEqual([body.length, sha256(body)]);
    else expect(recovered(server.stream.messages)?.equals(body)).toBe(true);
  });

  it('that would take too much memory once parsed is not parsed', async () => {
    const body = JSON.stringify(event()).replace('{}', () => `{"a":[${'[],'.repeat(2_600_000)}0]}`);
    expect((await server.post(body)).status).toBe(200);
    expect(kept().row).toMatchObject({ reason: 'too_large', body_bytes: body.length });
  });
});

describe('a large body', () => {
  it.each([2, 8, 20])('of %d MB with a wrong signature is 401, and nothing of it is kept', async (mb) => {
    const body = sized(mb * MB, 'x');
    expect((await server.post(body, signed(body, 'other'))).status).toBe(401);
    expect(server.stream.messages).toEqual([]);
  });

  it('may be signed with any key; one that was added while it came is asked for again', async () => {
    let keys: readonly string[] = [KEY];
    await server.close();
    const refreshKeys = async (): Promise<void> => {
      keys = [KEY, 'next'];
    };
    server = await startWebhooks({ keys: () => keys, refreshKeys });
    const body = sized(9 * MB, 'x');
    const headers = signed(body, 'next');
    const first = await server.post(body, headers);
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '5']);
    expect(server.logger.of('webhook.received')[0]?.fields).toMatchObject({ outcome: 'keys_changed' });
    expect((await server.post(body, headers)).status).toBe(200);
    expect(server.logger.of('webhook.received')[1]?.fields).toMatchObject({ keyIndex: 1, bytes: 9 * MB });
    const whole = sized(2 * MB, 'x');
    keys = [KEY];
    expect((await server.post(whole, signed(whole, 'next'))).status).toBe(200);
  });

  it('that is older than a limit of age is 401', async () => {
    await server.close();
    server = await startWebhooks({ freshSeconds: 300 });
    const body = sized(9 * MB, 'x');
    expect((await server.post(body, signed(body, KEY, '1759999000'))).status).toBe(401);
    expect((await server.post(body)).status).toBe(200);
  });

  it('that comes in chunks of no announced length is taken like another, whatever its size', async () => {
    for (const mb of [1.5, 8, 9]) {
      const body = bytesOf(sized(mb * MB, '"'));
      const sending = request(server.url, { method: 'POST', headers: signed(body) });
      for (let at = 0; at < body.length; at += 100_000) sending.write(body.subarray(at, at + 100_000));
      sending.end();
      const [response] = await once(sending, 'response');
      response.resume();
      expect(response.statusCode).toBe(200);
    }
    expect(server.stream.messages.map(({ table }) => table)).toEqual([
      'delivery_events',
      'delivery_events',
      'quarantine',
    ]);
  });
});

interface Hanging {
  readonly socket: Socket;
  /** What it was answered, once the connection is closed. */
  readonly answer: Promise<string>;
}

/** Sends the head of a large body and a part of it, and then nothing. */
const hang = async (bytes: number, sent: number): Promise<Hanging> => {
  const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
  const { promise: answer, resolve } = Promise.withResolvers<string>();
  let said = '';
  socket.on('data', (chunk) => (said += String(chunk))).on('close', () => resolve(said));
  const headers = Object.entries(signed('x')).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST /webhooks/customerio HTTP/1.1\r\nHost: x\r\n${headers.join('')}Content-Length: ${bytes}`;
  socket.write(`${head}\r\n\r\n`);
  socket.write(Buffer.alloc(sent, 0x20));
  await wait(300);
  return { socket, answer };
};

describe('of several large bodies', () => {
  it(
    'ten of 8 MB at once are each 200 in their turn or soon sent again, and all are kept in the end',
    async () => {
      const body = sized(8 * MB, 'x');
      server.stream.latencyMs = 50;
      for (let left = 10; left > 0; ) {
        const answers = await Promise.all(Array.from({ length: left }, () => server.post(body)));
        const statuses = answers.map(({ status }) => status);
        expect(statuses).toContain(200);
        expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
        left = statuses.filter((status) => status === 503).length;
      }
      expect(server.stream.messages).toHaveLength(10);
    },
    LIMIT_MS,
  );

  it(
    'one that never ends is 408 when it is alone, within 3.6 s',
    async () => {
      for (const [bytes, sent] of [
        [8 * MB, 4 * MB],
        [20 * MB, 10 * MB],
      ] as const) {
        const from = performance.now();
        const { answer } = await hang(bytes, sent);
        expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
        expect(performance.now() - from).toBeLessThan(3_600);
      }
    },
    LIMIT_MS,
  );

  it(
    'one that does not go on gives way to the next, which is not told to wait',
    async () => {
      const { socket, answer } = await hang(8 * MB, 2 * MB);
      const from = performance.now();
      expect((await server.post(sized(8 * MB, 'x'))).status).toBe(200);
      expect(performance.now() - from).toBeLessThan(2_500);
      // It goes on after all: read to its end, so that it hears why.
      socket.end(Buffer.alloc(6 * MB, 0x20));
      expect(await answer).toMatch(/^HTTP\/1\.1 503 /);
      const stalled = await hang(8 * MB, 2 * MB);
      expect((await server.post(sized(2 * MB, 'x'))).status).toBe(200);
      expect(await stalled.answer).toMatch(/^HTTP\/1\.1 503 /);
    },
    LIMIT_MS,
  );

  it(
    'those whose turn does not come in time are 503, and small ones are taken meanwhile',
    async () => {
      server.stream.latencyMs = 2_200;
      const large = sized(2 * MB, 'x');
      const from = performance.now();
      const answers = Promise.all([1, 2, 3].map(() => server.post(large)));
      const small = await server.post(sized(1_000, 'x'));
      expect(small.status).toBe(200);
      expect(performance.now() - from).toBeLessThan(3_600);
      const statuses = (await answers).map(({ status }) => status).toSorted();
      expect(statuses[0]).toBe(200);
      expect(statuses.slice(1)).toEqual([503, 503]);
      expect(performance.now() - from).toBeLessThan(4_000);
      server.stream.latencyMs = 0;
      expect((await server.post(large)).status).toBe(200);
    },
    LIMIT_MS,
  );

  it(
    'one whose sender goes away, waiting or not, keeps nobody from a turn',
    async () => {
      const first = await hang(8 * MB, 2 * MB);
      const second = await hang(8 * MB, 2 * MB);
      first.socket.destroy();
      second.socket.destroy();
      const from = performance.now();
      expect((await server.post(sized(2 * MB, 'x'))).status).toBe(200);
      expect(performance.now() - from).toBeLessThan(3_000);
    },
    LIMIT_MS,
  );
});
