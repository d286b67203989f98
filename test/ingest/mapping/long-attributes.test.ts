import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type IngestServer, startIngest } from '../ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

type Json = Readonly<Record<string, unknown>>;

const post = async (event: Json): Promise<Json> => {
  const response = await server.post('/v1/batch', { batch: [event] });
  return (await response.json()) as Json;
};

const taken = (): Json => server.sink.values('customerio.identify')[0]?.['payload'] as Json;
const letters = () => server.sink.records.filter(({ topic }) => topic === 'customerio.dlq');
const letter = (index = 0): Json => JSON.parse(String(letters()[index]?.value)) as Json;
const codes = () => letters().map(({ headers }) => String(headers?.['cio-error-code']));

const email = 'ada@example.com';
const long = 'x'.repeat(1_001);

describe('an attribute that Customer.io would not take', () => {
  it('is left out alone, kept in a dead letter, and told', async () => {
    const traits = { email, bio: long, plan: 'pro', ['n'.repeat(151)]: 1, list: ['ü'.repeat(500)] };
    const answer = await post({ type: 'identify', userId: 'u1', messageId: 'm1', traits });
    expect(answer).toMatchObject({ accepted: 1, rejected: 0, errors: [] });
    expect(answer['warnings']).toEqual([
      { index: 0, field: 'traits.bio', warning: 'was left out, it must not be longer than 1000 bytes' },
      {
        index: 0,
        field: `traits.${'n'.repeat(150)}`,
        warning: 'was left out, it must have a name of at most 150 bytes',
      },
      { index: 0, field: 'traits.list', warning: 'was left out, it must not be longer than 1000 bytes' },
    ]);
    expect(taken()).toEqual({ traits: { email, plan: 'pro' } });
    expect(codes()).toEqual(['attribute_too_long']);
    expect(letter()['received']).toEqual({
      type: 'identify',
      userId: 'u1',
      messageId: 'm1',
      traits: { bio: long, ['n'.repeat(151)]: 1, list: ['ü'.repeat(500)] },
    });
    expect(letters()[0]).toMatchObject({
      key: 'u1',
      headers: { 'kafka_dlt-original-topic': 'customerio.identify' },
    });
  });

  it('is one after the three hundredth', async () => {
    const many = Object.fromEntries(Array.from({ length: 310 }, (_, index) => [`a${index}`, index]));
    const answer = await post({ type: 'identify', userId: 'u1', traits: { ...many, email, phone: '+1' } });
    const { traits } = taken() as { traits: Json };
    expect(Object.keys(traits)).toHaveLength(300);
    expect(traits).toMatchObject({ email, phone: '+1', a0: 0, a297: 297 });
    expect(codes()).toEqual(['too_many_attributes']);
    expect(letter()).toMatchObject({ received: { traits: { a298: 298, a309: 309 } } });
    expect(answer['warnings']).toMatchObject([{ index: 0, field: 'traits' }]);
  });

  it('is never one that says who the person is and what they want', async () => {
    const traits = {
      email: `${'e'.repeat(1_001)}@example.com`,
      phone: long,
      created_at: long,
      unsubscribed: true,
      cio_subscription_preferences: { topics: { filler: long } },
      'cio_subscription_preferences.topics.topic_1': long,
      anonymous_id: long,
      id: long,
    };
    await post({ type: 'identify', userId: 'u1', traits });
    expect(taken()).toEqual({ traits });
    expect(letters()).toEqual([]);
  });

  it('may be an object’s or a relationship’s', async () => {
    const traits = { name: 'Acme', note: long, relationshipAttributes: { role: 'admin', note: long } };
    await post({ type: 'group', userId: 'u1', groupId: 'acme', traits });
    expect(taken()).toMatchObject({ traits: { name: 'Acme' }, relationshipAttributes: { role: 'admin' } });
    expect(letter()).toMatchObject({
      received: {
        type: 'group',
        groupId: 'acme',
        traits: { note: long, relationshipAttributes: { note: long } },
      },
      errors: [{ field: 'traits.note' }, { field: 'traits.relationshipAttributes.note' }],
    });
  });

  it('is none of an event: properties have no such limit', async () => {
    const event = { type: 'track', userId: 'u1', event: 'x', properties: { note: long } };
    expect(await post(event)).not.toHaveProperty('warnings');
    expect(server.sink.values('customerio.track')).toMatchObject([
      { payload: { properties: { note: long } } },
    ]);
    expect(letters()).toEqual([]);
  });

  it('shares the bound of a hundred dead letters and warnings with others', async () => {
    const one = { type: 'identify', userId: 'u1', traits: { a: long } };
    const response = await server.post('/v1/batch', { batch: Array.from({ length: 150 }, () => one) });
    const answer = (await response.json()) as { warnings: object[]; warningsOmitted: number };
    expect([answer.warnings.length, answer.warningsOmitted]).toEqual([100, 50]);
    expect(letters()).toHaveLength(101);
    expect((letter(100) as { received: object[] }).received).toHaveLength(50);
  });

  it('is a fault of the event where events travel as they were sent', async () => {
    await server.close();
    server = await startIngest({ mapping: 'as-sent' });
    const response = await server.post('/v1/identify', { userId: 'u1', traits: { email, bio: long } });
    expect(await response.json()).toMatchObject({
      status: 400,
      errors: [{ field: 'traits.bio', rule: 'must not be longer than 1000 bytes' }],
    });
    const named = await server.post('/v1/track', { userId: 'u1', event: 'x'.repeat(101) });
    expect(await named.json()).toMatchObject({
      status: 400,
      errors: [{ field: 'event', rule: 'must not be longer than 100 bytes' }],
    });
  });
});
