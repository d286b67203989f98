import { describe, expect, it } from '@jest/globals';
import { eventOf, identifyOf, read, startFake, ULID } from './fake-client.ts';

const identifiers = { object_type_id: '1', object_id: 'acme' };
const object = (action: string, more: object = {}) => ({ type: 'object', identifiers, action, ...more });
const members = (...named: object[]) => ({ cio_relationships: named.map((each) => ({ identifiers: each })) });

describe('content', () => {
  it.each(['viewed_content', 'clicked_content'])('takes %s of a person once', async (action) => {
    const fake = await startFake();
    const seen = eventOf('u1', action, { action, id: ULID, timestamp: 7, attributes: { slot: 3 } });
    expect(await read(fake.batch([seen, seen]))).toEqual({ status: 200, body: {} });
    expect((await fake.person('u1')).events).toEqual([
      { name: action, type: action, id: ULID, timestamp: 7, attributes: { slot: 3 } },
    ]);
    expect(fake.fake.stats()).toMatchObject({ events: 1, duplicates: 1 });
  });

  it('takes it of somebody not known yet, whom an identify takes over', async () => {
    const fake = await startFake();
    const anonymous = { identifiers: { anonymous_id: 'a1' } };
    const name = 'viewed_content';
    await fake.batch([{ ...eventOf('', name, { action: name }), ...anonymous }]);
    expect(await fake.people()).toEqual([]);
    await fake.batch([identifyOf('u1', { anonymous_id: 'a1' })]);
    expect((await fake.person('u1')).events).toMatchObject([{ name, type: name }]);
  });

  it.each([
    [{ name: undefined }, 'name'],
    [{ id: 'x' }, 'id'],
    [{ attributes: [] }, 'attributes'],
    [{ identifiers: { anonymous_id: 'a1', id: 'u1' } }, 'identifiers'],
    [{ action: 'event', identifiers: { anonymous_id: 'a1' } }, 'identifiers'],
  ])('refuses %j', async (more, field) => {
    const fake = await startFake();
    const answer = await read(fake.entity(eventOf('u1', 'x', { action: 'viewed_content', ...more })));
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

describe('objects', () => {
  it('go with every relationship to them, however their identifiers are written', async () => {
    const fake = await startFake();
    const relationships = [
      { identifiers: { object_id: 'acme', object_type_id: 1 }, relationship_attributes: { role: 'admin' } },
      { identifiers: { ...identifiers, object_id: 'other' } },
    ];
    await fake.batch([identifyOf('u1', {}, { cio_relationships: relationships }), identifyOf('u2')]);
    expect((await fake.person('u1')).relationships).toEqual(relationships);
    await fake.batch([object('add_relationships', members({ id: 'u2' })), object('delete')]);
    expect((await fake.person('u1')).relationships).toEqual(relationships.slice(1));
    expect((await fake.person('u2')).relationships).toEqual([]);
  });

  it('are left by those that delete_relationships names', async () => {
    const fake = await startFake();
    await fake.batch([object('identify', members({ id: 'u1' }, { email: 'a@b.example' }))]);
    await fake.batch([object('delete_relationships', members({ email: 'a@b.example' }))]);
    const people = await fake.people();
    expect(people.map((person) => person.relationships)).toEqual([[{ identifiers }], []]);
  });

  it('keep somebody not known yet, whom an identify takes over with the relationship', async () => {
    const fake = await startFake();
    const join = { identifiers: { anonymous_id: 'a1' }, relationship_attributes: { role: 'x' } };
    const anonymous = object('identify_anonymous', { attributes: { n: 1 }, cio_relationships: [join] });
    expect(await read(fake.batch([anonymous]))).toEqual({ status: 200, body: {} });
    await fake.batch([object('identify_anonymous', { anonymous_id: 'a2' })]);
    await fake.batch([object('identify_anonymous', members({ anonymous_id: 'a3' }))]);
    await fake.batch([object('delete_relationships', members({ anonymous_id: 'a3' }))]);
    for (const n of [1, 2, 3]) await fake.batch([identifyOf(`u${n}`, { anonymous_id: `a${n}` })]);
    const people = await fake.people();
    expect(people.map((person) => person.relationships)).toEqual([
      [{ identifiers, relationship_attributes: { role: 'x' } }],
      [{ identifiers }],
      [],
    ]);
  });

  it.each([
    [object('delete', { identifiers: { object_id: 'acme' } }), 'identifiers.object_type_id'],
    [object('delete_relationships'), 'cio_relationships'],
    [object('identify', members({})), 'cio_relationships.0.identifiers'],
    [object('identify', { cio_relationships: [7] }), 'cio_relationships.0'],
    [
      identifyOf('u1', {}, { cio_relationships: [{ identifiers: { object_type_id: '1' } }] }),
      'cio_relationships.0.identifiers.object_id',
    ],
    [
      identifyOf('u1', {}, { cio_relationships: [{ identifiers, relationship_attributes: 7 }] }),
      'cio_relationships.0.relationship_attributes',
    ],
  ])('are refused where they are not named well: %j', async (operation, field) => {
    const fake = await startFake();
    expect(await read(fake.entity(operation))).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});

describe('the report of a delivery', () => {
  it('needs no credential, may have metadata, and is counted', async () => {
    const fake = await startFake();
    const post = (body: object) =>
      fetch(`${fake.trackUrl}/metrics`, { method: 'POST', body: JSON.stringify(body) });
    const report = { delivery_id: 'd1', metric: 'clicked', timestamp: 7, metadata: { action_name: 'buy' } };
    expect(await read(post(report))).toEqual({ status: 200, body: {} });
    await fake.client.reportMetric(report);
    expect(fake.fake.stats().reports).toBe(2);
    expect(await read(post({ ...report, metadata: 'buy' }))).toEqual({
      status: 400,
      body: { meta: { errors: ['metadata must be an object'] } },
    });
    expect(fake.fake.stats().reports).toBe(2);
  });
});
