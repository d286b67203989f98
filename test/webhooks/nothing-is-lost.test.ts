import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InMemoryStream } from '../../app/pubsub/in-memory-stream.ts';
import { readEvent } from '../../app/webhooks/read-event.ts';
import { streamTo } from '../../app/webhooks/stream-to.ts';
import { event } from './read-rows.ts';
import {
  bytesOf,
  expectWritable,
  NOW,
  recovered,
  signed,
  startWebhooks,
  type WebhookServer,
} from './webhook-server.ts';

const FACTS = { receivedAt: NOW, correlationId: 'c1', timestampHeader: '1760000000' };

/** JSON text of anything, also of what JSON.stringify would not write. */
const json = fc.oneof(
  fc.json({ stringUnit: 'binary' }),
  fc.constantFrom(
    '1e999',
    '-0',
    '9007199254740993',
    '"\\ud800"',
    '"\\u0000"',
    '{"__proto__":1,"__proto__":2}',
  ),
);
const fieldNames = fc.constantFrom(
  ...['event_id', 'object_type', 'metric', 'timestamp', 'data'],
  ...[
    'identifiers',
    'recipients',
    'campaign_id',
    'subject',
    'machine',
    'campaign_tags',
    'headers',
    'content',
  ],
);
const object = fc
  .array(fc.tuple(fieldNames, json), { maxLength: 8 })
  .map((fields) => `{${fields.map(([name, value]) => `"${name}":${value}`).join(',')}}`);
/** An event whose fields, here and there, are something else. */
const nearlyEvent = fc
  .record({ data: object, id: json, metric: json, odd: fc.constantFrom('id', 'metric', 'none') })
  .map(({ data, id, metric, odd }) => {
    const text = JSON.stringify(event()).replace('{}', () => data);
    if (odd === 'id') return text.replace('"e1"', () => id);
    return odd === 'metric' ? text.replace('"sent"', () => metric) : text;
  });
const body = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc.string({ unit: 'binary', maxLength: 2_000 }),
  json,
  object,
  nearlyEvent,
  nearlyEvent.map((text) => `\ufeff${text}`),
);

const MOST = 1_000_000;

/** An event of so many bytes. */
const eventOf = (bytes: number): string => {
  const withContent = (content: string): string => JSON.stringify(event({ data: { content } }));
  const text = withContent('ü'.repeat((bytes - withContent('').length) / 2));
  return text + ' '.repeat(bytes - Buffer.byteLength(text));
};

/** One byte changed; of an empty body, one added. */
const alter = (bytes: Buffer, at: number): Buffer => {
  const copy = bytes.length === 0 ? Buffer.from([0]) : Buffer.from(bytes);
  const place = at % copy.length;
  if (bytes.length > 0) copy[place] = (copy[place] ?? 0) ^ (1 + (at % 255));
  return copy;
};

const swap = (headers: Record<string, string>, name: string, at: number): Record<string, string> => {
  const text = headers[name] ?? '';
  const place = at % text.length;
  const other = text[place] === '7' ? '3' : '7';
  return { ...headers, [name]: `${text.slice(0, place)}${other}${text.slice(place + 1)}` };
};

describe('any bytes that are signed', () => {
  let server: WebhookServer;
  beforeAll(async () => {
    server = await startWebhooks();
  });
  afterAll(() => server.close());

  it('are published as rows that BigQuery takes, and can be had back byte for byte', async () => {
    const property = fc.asyncProperty(body, async (text) => {
      const stream = new InMemoryStream();
      await streamTo(stream)(readEvent(bytesOf(text), FACTS));
      expect(recovered(stream.messages)?.equals(bytesOf(text))).toBe(true);
      expectWritable(stream);
    });
    await fc.assert(property, { numRuns: 2_000 });
  });

  const where = fc.constantFrom('body', 'x-cio-timestamp', 'x-cio-signature');
  const expectKept = async (bytes: Buffer, part: string, at: number): Promise<void> => {
    const headers = signed(bytes);
    const before = server.stream.messages.length;
    expect((await server.post(bytes, headers)).status).toBe(200);
    const published = server.stream.messages.slice(before);
    expect(recovered(published)?.equals(bytes)).toBe(true);

    const altered =
      part === 'body' ? { bytes: alter(bytes, at), headers } : { bytes, headers: swap(headers, part, at) };
    expect((await server.post(altered.bytes, altered.headers)).status).toBe(401);
    expect(server.stream.messages.length).toBe(before + published.length);
  };

  it('are answered 200 and stored before that; altered anywhere they are answered 401', async () => {
    const property = fc.asyncProperty(body, where, fc.nat(), (text, part, at) =>
      expectKept(bytesOf(text), part, at),
    );
    await fc.assert(property, { numRuns: 150 });
    expectWritable(server.stream);
  }, 30_000);

  it('are kept so up to 1 MB', async () => {
    const length = fc.oneof(fc.constant(MOST), fc.integer({ min: 2_000, max: MOST }));
    const large = fc.oneof(
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 64 }), length)
        .map(([some, bytes]) => Buffer.alloc(bytes, some)),
      length.map((bytes) => Buffer.from(eventOf(bytes))),
    );
    await fc.assert(fc.asyncProperty(large, where, fc.nat(), expectKept), { numRuns: 12 });
    expectWritable(server.stream);
  }, 30_000);
});
