import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../app/contract/limits.ts';
import { isDeeperThan, isObject } from '../../app/ingest/read-json.ts';
import { stringifyDeep } from '../../app/ingest/stringify-deep.ts';
import { type IngestServer, startIngest } from './ingest-server.ts';

const LONG = '12345678901234567890';
const PRICE = '0.12345678901234567891';
const DLQ = 'customerio.dlq';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const texts = (topic: string): string[] =>
  server.sink.records.filter((record) => record.topic === topic).map(({ value }) => String(value));

describe('a number that a double does not keep', () => {
  it('stands in the record as it was sent', async () => {
    const properties = `{"order":${LONG},"items":[{"price":${PRICE}}]}`;
    const body = `{"userId":"u1","event":"x","properties":${properties},"context":{"n":${LONG}}}`;
    expect((await server.post('/v1/track', body)).status).toBe(200);
    const [record] = texts('customerio.track');
    expect(record).toContain(`"properties":${properties}`);
    expect(record).toContain(`"context":{"n":${LONG}}`);
  });

  it('stands in dead letters as it was sent, in one of its own and in a shared one', async () => {
    const item = `{"type":"track","userId":7,"properties":{"order":${LONG}},"n":[${PRICE}]}`;
    const items = Array<string>(LIMITS.deadLettersOfRequest + 2).fill(item);
    expect((await server.post('/v1/batch', `{"batch":[${items}]}`)).status).toBe(200);
    const letters = texts(DLQ);
    expect(letters).toHaveLength(LIMITS.deadLettersOfRequest + 1);
    expect(letters[0]).toContain(`{"received":${item},"errors":`);
    expect(letters.at(-1)).toContain(`{"received":[${item},${item}],"errors":`);
  });

  it('is kept beside an item that nests too deep for the stack', async () => {
    const deep = `{"type":"track","userId":"u1","event":"x","properties":{"a":${'['.repeat(50_000)}${LONG}${']'.repeat(50_000)}}}`;
    const good = `{"type":"track","userId":"u2","event":"x","properties":{"order":${LONG}}}`;
    const response = await server.post('/v1/batch', `{"batch":[${deep},${good}]}`);
    expect(await response.json()).toMatchObject({ accepted: 1, rejected: 1 });
    expect(texts('customerio.track')[0]).toContain(`"properties":{"order":${LONG}}`);
    expect(texts(DLQ)[0]).toContain(`{"received":${deep},"errors":`);
  });

  it.each([
    ['identify', `{"userId":"u1","traits":${LONG}}`, 'traits'],
    ['track', `{"userId":"u1","event":"x","properties":${LONG}}`, 'properties'],
    ['track', `{"userId":"u1","event":"x","context":${PRICE}}`, 'context'],
    ['track', `{"userId":"u1","event":${LONG}}`, 'event'],
    ['track', `{"userId":${PRICE},"event":"x"}`, 'userId'],
    ['page', `{"userId":"u1","category":${LONG}}`, 'category'],
  ])('is no object and no text: %s %s', async (type, body, field) => {
    const response = await server.post(`/v1/${type}`, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ field }] });
  });

  it('is no event', async () => {
    const response = await server.post('/v1/batch', `{"batch":[${LONG}]}`);
    expect(await response.json()).toMatchObject({
      errors: [{ field: '(event)', rule: 'must be an object' }],
    });
    expect((await server.post('/v1/batch', LONG)).status).toBe(400);
  });

  it('is no level of nesting', () => {
    const number = JSON.rawJSON(LONG);
    expect(isDeeperThan([[number]], 2)).toBe(false);
    expect(isDeeperThan([[number]], 1)).toBe(true);
    expect(isObject(number)).toBe(false);
    expect(stringifyDeep({ a: [number, { b: number }] })).toBe(`{"a":[${LONG},{"b":${LONG}}]}`);
  });

  it('is a time where it is one', async () => {
    const body = '{"userId":"u1","event":"x","timestamp":1767225600.00000000}';
    expect((await server.post('/v1/track', body)).status).toBe(200);
    expect(server.sink.values('customerio.track')[0]).toMatchObject({
      timestamp: '2026-01-01T00:00:00.000Z',
    });
  });
});
