import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readBody } from '../../app/webhooks/read-body.ts';

const LIMITS = { bytes: 100_000, withinMs: 20_000 };
const CHUNK = Buffer.alloc(10_000, 7);

/** A request whose body is these chunks; `sent` counts what was taken of it. */
const requestOf = (
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): { request: IncomingMessage; sent: () => number } => {
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  const stream: Readable = Readable.from(counted(), { objectMode: false });
  return { request: stream as IncomingMessage, sent: () => bytes };
};

const endless = async function* (): AsyncGenerator<Buffer> {
  for (;;) {
    await setImmediate();
    yield CHUNK;
  }
};

afterEach(() => {
  jest.restoreAllMocks();
});

describe('readBody', () => {
  it('takes a body of the largest size, in chunks of any size, and none that is larger', async () => {
    for (const size of [7, 9_999, 100_000]) {
      const whole = Buffer.from(Array.from({ length: LIMITS.bytes }, (_, index) => index % 251));
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
        whole.subarray(index * size, (index + 1) * size),
      );
      const body = await readBody(requestOf(chunks).request, LIMITS);
      expect(body.kind === 'read' && body.bytes.equals(whole)).toBe(true);
      const more = await readBody(requestOf([...chunks, Buffer.from('x')]).request, LIMITS);
      expect(more).toEqual({ kind: 'too_large' });
    }
  });

  it('gives up an endless body long before its time is over, and never holds more than twice the limit', async () => {
    const allocate = jest.spyOn(Buffer, 'allocUnsafe');
    const { request, sent } = requestOf(endless());
    expect(await readBody(request, LIMITS)).toEqual({ kind: 'too_large' });
    expect(sent()).toBeLessThan(20 * LIMITS.bytes);
    request.destroy();
    expect(Math.max(...allocate.mock.calls.map(([bytes]) => bytes))).toBeLessThanOrEqual(2 * LIMITS.bytes);
  });

  it('says of a sender that has gone that it has', async () => {
    const { request } = requestOf([CHUNK]);
    request.destroy();
    expect(await readBody(request, LIMITS)).toEqual({ kind: 'aborted' });
  });
});
