import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type IngestServer, startIngest } from './ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const LEVELS = 240_000;
const deepArray = `${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}`;
const deepObject = `${'{"a":'.repeat(80_000)}1${'}'.repeat(80_000)}`;

const text = (item: unknown): string =>
  JSON.stringify(item, (_key, each) => (typeof each === 'bigint' ? String(each) : each)) ?? '0';

describe('hostile input', () => {
  it.each([
    ['arrays', deepArray],
    ['objects', deepObject],
  ])('nested too deep in %s is refused for its depth', async (_what, deep) => {
    const item = `{"type":"track","userId":"u1","event":"x","properties":{"deep":${deep}}}`;
    const single = await server.post('/v1/track', item);
    expect([single.status, ((await single.json()) as { code: string }).code]).toEqual([400, 'invalid_event']);
    const batch = await server.post(
      '/v1/batch',
      `{"batch":[${item},{"type":"alias","userId":"u","previousId":"p"}]}`,
    );
    expect(batch.status).toBe(200);
    expect(await batch.json()).toMatchObject({ accepted: 1, rejected: 1 });
    expect(String(server.sink.records[0]?.value)).toContain(`{"received":${item},"errors":`);
    expect(server.faults).toEqual([]);
  });

  it.each([
    ['unclosed', '['.repeat(250_000)],
    ['closed', `${'['.repeat(250_000)}${']'.repeat(250_000)}`],
  ])('%s brackets alone are refused', async (_what, body) => {
    expect((await server.post('/v1/batch', body)).status).toBe(400);
    expect(server.faults).toEqual([]);
  });

  it('a batch of a context nested too deep is no fault of ours', async () => {
    const body = `{"context":{"deep":${deepArray}},"batch":[{"type":"track","userId":"u1","event":"x"}]}`;
    expect((await server.post('/v1/batch', body)).status).toBeLessThan(500);
  });

  it('a batch of a large context does not become many times as large', async () => {
    const batch = Array.from({ length: 100 }, () => ({ type: 'track', userId: 'u1', event: 'x' }));
    await server.post('/v1/batch', { context: { filler: 'x'.repeat(400_000) }, batch });
    const bytes = server.sink.records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    expect(bytes).toBeLessThan(4_000_000);
  });

  it('a batch of as many bad items as fit is answered', async () => {
    const response = await server.post('/v1/batch', `{"batch":[${'1,'.repeat(249_000)}1]}`);
    expect(response.status).toBeLessThan(500);
    expect(server.faults).toEqual([]);
  });

  it('an item that grows when it is written again is refused alone and fits into a dead letter', async () => {
    const grows = `{"type":"track","userId":"u1","event":"x","properties":{"a":[${Array(95_000).fill('1e20')}]}}`;
    const response = await server.post(
      '/v1/batch',
      `{"batch":[${grows},{"type":"track","userId":"u2","event":"y"}]}`,
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ accepted: 1, rejected: 1 });
    const [dead] = server.sink.records;
    expect(Buffer.byteLength(String(dead?.value))).toBeLessThan(900_000);
    expect(JSON.parse(String(dead?.value)).received).toMatch(/^\{"type":"track","userId":"u1"/);
  });

  it('10,000 random bodies never fail, and every good event among them is accepted', async () => {
    const value = fc.anything({ maxDepth: 3 });
    const field = (good: unknown): fc.Arbitrary<unknown> => fc.oneof(fc.constant(good), value);
    const odd = fc.record(
      {
        type: field('track'),
        userId: field('u1'),
        anonymousId: field('a1'),
        event: field('x'),
        properties: field({ a: 1 }),
        traits: field({}),
        groupId: field('g'),
        previousId: field('p'),
        timestamp: field(1_767_225_600),
        sentAt: field('2026-01-01'),
        messageId: field('m'),
        context: field({}),
        name: field('n'),
        ['__proto__']: value,
      },
      { requiredKeys: [] },
    );
    const good = { type: 'track', userId: 'good', event: 'x' };
    const items = fc.sample(fc.oneof(odd, value), { numRuns: 10_000, seed: 11 });
    const paths = ['identify', 'track', 'page', 'screen', 'group', 'alias'].map((type) => `/v1/${type}`);
    const statuses = new Set<number>();
    let batches = 0;
    for (const [index, item] of items.entries()) {
      const isBatch = index % 4 === 0;
      const body = isBatch ? `{"batch":[${text(item)},${text(good)}]}` : text(item);
      const response = await server.post(isBatch ? '/v1/batch' : (paths[index % 6] ?? ''), body);
      statuses.add(response.status);
      await response.arrayBuffer();
      if (isBatch) batches += 1;
    }
    expect([...statuses].toSorted()).toEqual([200, 400]);
    expect(server.sink.records.filter(({ key }) => key === 'good')).toHaveLength(batches);
    expect(server.faults).toEqual([]);
  }, 60_000);
});
