import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { BodyBudget } from '../../app/runtime/http/body-budget.ts';
import { readBody } from '../../app/runtime/http/read-body.ts';

const BUDGET = 1_000_000;
const limits = (budget = new BodyBudget(BUDGET)) => ({ bytes: 100_000, withinMs: () => 20_000, budget });
const LIMITS = limits();
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
      if (body.kind === 'read') LIMITS.budget.give(body.held);
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

  const isWhole = (budget: BodyBudget): boolean => budget.take(BUDGET) && !budget.take(1);

  it('takes a body from the budget until it is given back, and gives back by itself what it does not keep', async () => {
    const budget = new BodyBudget(BUDGET);
    const body = await readBody(requestOf([CHUNK, CHUNK]).request, limits(budget));
    expect(body).toMatchObject({ kind: 'read', bytes: Buffer.alloc(20_000, 7), held: 20_000 });
    await setImmediate();
    expect(budget.take(BUDGET - 20_000 + 1)).toBe(false);
    budget.give(20_000);
    const tooLarge = Array.from({ length: 11 }, () => CHUNK);
    expect(await readBody(requestOf(tooLarge).request, limits(budget))).toEqual({ kind: 'too_large' });
    const hanging = new Readable({ read: () => undefined });
    hanging.push(CHUNK);
    const slow = await readBody(hanging as IncomingMessage, { ...limits(budget), withinMs: () => 5 });
    expect(slow).toEqual({ kind: 'slow' });
    hanging.destroy();
    await setImmediate();
    expect(isWhole(budget)).toBe(true);
  });

  it('takes from the budget what it allocates, also for a body in tiny chunks', async () => {
    const budget = new BodyBudget(20_000);
    const tiny = [Buffer.from('a'), Buffer.from('b')];
    const body = await readBody(requestOf(tiny).request, limits(budget));
    expect(body).toMatchObject({ kind: 'read', bytes: Buffer.from('ab'), held: 16_384 });
    expect(await readBody(requestOf(tiny).request, limits(budget))).toEqual({ kind: 'full' });
    budget.give(16_384);
    expect(budget.take(20_000)).toBe(true);
  });

  it('of a body that the budget has no bytes for keeps nothing, and takes it to its end', async () => {
    const budget = new BodyBudget(15_000);
    const { request, sent } = requestOf([CHUNK, CHUNK, CHUNK]);
    expect(await readBody(request, limits(budget))).toEqual({ kind: 'full' });
    expect(sent()).toBe(30_000);
    expect(budget.take(15_000)).toBe(true);
  });
});
