import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isTurnedOff } from '../../../app/ingest/mapping/integrations.ts';
import { type IngestServer, startIngest } from '../ingest-server.ts';

describe('integrations', () => {
  it.each([
    [{ All: false }],
    [{ all: false, Mixpanel: true }],
    [{ 'Customer.io': false }],
    [{ 'customer.IO': false }],
    [{ 'Customer.io (Actions)': false }],
    [{ 'Customer.io Actions': false }],
    [{ 'Actions Customerio': false }],
    [{ customerio: false, All: true }],
    [{ CUSTOMERIO: false }],
    [{ 'Customer.io': true, 'Customer.io (Actions)': false }],
    [{ All: false, 'Customer.io': 'yes' }],
  ])('turn Customer.io off: %j', (integrations) => {
    expect(isTurnedOff(integrations)).toBe(true);
  });

  it.each([
    [undefined],
    [null],
    ['none'],
    [[]],
    [{}],
    [{ All: true }],
    [{ All: false, 'Customer.io': true }],
    [{ All: false, customerio: {} }],
    [{ All: false, 'Actions Customerio': true }],
    [{ All: false, 'Customer.io (Actions)': { nested: { All: false } } }],
    [{ Mixpanel: false }],
    [{ nested: { 'Customer.io': false } }],
  ])('leave it on: %j', (integrations) => {
    expect(isTurnedOff(integrations)).toBe(false);
  });
});

describe('an event that is turned off', () => {
  let server: IngestServer;
  beforeEach(async () => {
    server = await startIngest();
  });
  afterEach(() => server.close());

  const event = { type: 'track', userId: 'u1', event: 'x' };
  const off = { ...event, integrations: { 'Customer.io': false } };

  it('is written nowhere, and counted', async () => {
    const response = await server.post('/v1/batch', { batch: [event, off, off, 7] });
    expect(await response.json()).toMatchObject({ accepted: 1, rejected: 1, filtered: 2 });
    expect(server.sink.records).toHaveLength(2);
    const single = await server.post('/v1/track', off);
    expect([single.status, await single.json()]).toEqual([
      200,
      { success: true, accepted: 0, rejected: 0, filtered: 1, errors: [] },
    ]);
    expect(server.sink.records).toHaveLength(2);
  });

  it('may be so by its batch, whose integrations and context are its own where it has none', async () => {
    const on = { ...event, integrations: { 'Customer.io': true } };
    const body = { batch: [event, on], integrations: { All: false }, context: { ip: '::1' } };
    const response = await server.post('/v1/batch', body);
    expect(await response.json()).toMatchObject({ accepted: 1, filtered: 1 });
    expect(server.sink.values('customerio.track')).toMatchObject([{ context: { ip: '::1' } }]);
  });
});

describe('a batch’s context', () => {
  let server: IngestServer;
  beforeEach(async () => {
    server = await startIngest();
  });
  afterEach(() => server.close());

  const event = { type: 'track', userId: 'u1', event: 'x' };

  it('that would make an event too large is left out of it, with a warning', async () => {
    const large = { ...event, properties: { filler: 'x'.repeat(20_000) } };
    const response = await server.post('/v1/batch', {
      batch: [event, large],
      context: { filler: 'x'.repeat(20_000) },
    });
    const answer = await response.json();
    expect(answer).toMatchObject({ accepted: 2, rejected: 0, warnings: [{ index: 1, field: 'context' }] });
    const [first, second] = server.sink.values('customerio.track');
    expect(first).toHaveProperty('context.filler');
    expect(second).not.toHaveProperty('context');
  });

  it('that would become many times the request is left out of every event, with one warning', async () => {
    const batch = Array.from({ length: 1_000 }, () => event);
    const response = await server.post('/v1/batch', { batch, context: { filler: 'x'.repeat(20_000) } });
    const { accepted, warnings } = (await response.json()) as { accepted: number; warnings: object[] };
    expect([accepted, warnings.length]).toEqual([1_000, 1]);
    const bytes = server.sink.records.reduce((sum, { value }) => sum + String(value).length, 0);
    expect(bytes).toBeLessThan(1_000_000);
  });
});
