import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../app/contract/limits.ts';
import { type IngestServer, startIngest } from './ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

interface Shared {
  readonly received: readonly unknown[];
  readonly errors: readonly { readonly index: number; readonly field: string; readonly rule: string }[];
  readonly indexes: readonly number[];
}

interface Answer {
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly { readonly index: number }[];
  readonly errorsOmitted?: number;
}

const good = (index: number) => ({ type: 'track', userId: `u${index}`, event: 'x' });

const postBatch = async (batch: readonly unknown[]): Promise<Answer> => {
  const response = await server.post('/v1/batch', { batch });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
};

const letters = (): readonly { key: string | null; value: string }[] =>
  server.sink.records
    .filter(({ topic }) => topic === 'customerio.dlq')
    .map(({ key, value }) => ({ key: key as string | null, value: String(value) }));

describe('the refused items of a batch', () => {
  it('share dead letters from the hundred and first on, and every one of them is kept with its place and its errors', async () => {
    const batch = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? good(index) : index));
    const answer = await postBatch(batch);
    expect([answer.accepted, answer.rejected]).toEqual([500, 500]);
    const own = letters().slice(0, LIMITS.deadLettersOfRequest);
    expect(own.map(({ value }) => JSON.parse(value).received)).toEqual(
      Array.from({ length: 100 }, (_, index) => 2 * index + 1),
    );
    const shared = letters().slice(LIMITS.deadLettersOfRequest);
    expect(shared).toHaveLength(1);
    const { received, errors, indexes } = JSON.parse(shared[0]?.value ?? '') as Shared;
    expect(received).toEqual(Array.from({ length: 400 }, (_, index) => 2 * (index + 100) + 1));
    expect(indexes).toEqual(received);
    expect(errors.map(({ index }) => index)).toEqual(received);
    expect(errors[0]).toEqual({ index: 201, field: '(event)', rule: 'must be an object' });
  });

  it('share as many letters as their bytes need, none above 400 kB, all of them refused, none lost', async () => {
    const bad = (index: number) => ({
      type: 'track',
      userId: `u${index}`,
      filler: `${index} ${'ü'.repeat(600)}`,
    });
    const batch = Array.from({ length: 380 }, (_, index) => bad(index));
    expect((await postBatch(batch)).rejected).toBe(380);
    const values = letters().map(({ value }) => value);
    for (const value of values)
      expect(Buffer.byteLength(value)).toBeLessThanOrEqual(LIMITS.sharedDeadLetterBytes);
    const shared = values.slice(100).map((value) => JSON.parse(value) as Shared);
    expect(shared.flatMap(({ indexes }) => indexes)).toEqual(
      Array.from({ length: 280 }, (_, index) => index + 100),
    );
    expect(shared.flatMap(({ received }) => received)).toEqual(batch.slice(100));
  });

  it('are listed in the answer up to a hundred errors, the rest as a number', async () => {
    const few = await postBatch(Array.from({ length: 100 }, () => 0));
    expect(few.errors).toHaveLength(100);
    expect(few).not.toHaveProperty('errorsOmitted');
    const many = await postBatch(Array.from({ length: 12_500 }, () => 0));
    expect(many.errors).toHaveLength(100);
    expect(many.errorsOmitted).toBe(12_400);
    expect(many.rejected).toBe(12_500);
  });

  it('that are large and many take no more than Kafka’s largest record each', async () => {
    const grows = `{"type":"track","userId":"u1","properties":{"a":[${Array(6_000).fill('1e20').join(',')}]}}`;
    const body = `{"batch":[${Array(110).fill('0').join(',')},${Array(15).fill(grows).join(',')}]}`;
    const response = await server.post('/v1/batch', body);
    expect(await response.json()).toMatchObject({ rejected: 125 });
    for (const { value } of letters()) expect(Buffer.byteLength(value)).toBeLessThan(900_000);
    const shared = letters()
      .slice(100)
      .map(({ value }) => JSON.parse(value) as Shared);
    expect(shared.flatMap(({ indexes }) => indexes)).toHaveLength(25);
  });
});

describe('a batch of very many events', () => {
  it('is written in slices, in its order, and every event once', async () => {
    const calls: number[] = [];
    await server.close();
    const records: string[] = [];
    server = await startIngest({
      sink: {
        publish: async (some) => {
          calls.push(some.length);
          for (const { value } of some) records.push(JSON.parse(String(value)).messageId);
        },
      },
    });
    const batch = Array.from({ length: 7_000 }, (_, index) => ({ ...good(index), messageId: `m${index}` }));
    expect((await postBatch(batch)).accepted).toBe(7_000);
    expect(calls.length).toBeGreaterThan(1);
    expect(records).toEqual(batch.map(({ messageId }) => messageId));
  });
});
