import { describe, expect, it } from '@jest/globals';
import { IdentifierType } from 'customerio-node';
import { eventOf, identifyOf, read, startFake, ULID } from './fake-client.ts';

const group = (id: string, more: object = {}) => ({
  type: 'object',
  identifiers: { object_type_id: '1', object_id: 'acme' },
  action: 'identify',
  attributes: { name: 'Acme' },
  cio_relationships: [{ identifiers: { id }, relationship_attributes: { role: 'admin' } }],
  ...more,
});

describe('suppression', () => {
  it('removes the person and ignores all that names one until unsuppressed, restoring nothing', async () => {
    const fake = await startFake();
    await fake.client.identify('u1', { email: 'A@b.example', a: 1 });
    await fake.client.suppress('u1');
    expect(await fake.people()).toEqual([]);
    await fake.client.identify('u1', { a: 2 });
    await fake.client.identify('a@b.example', { a: 2 });
    await fake.client.track('u1', { name: 'e' });
    expect(await read(fake.batch([identifyOf('u1'), eventOf('u1', 'e', { id: ULID }), group('u1')]))).toEqual(
      {
        status: 200,
        body: {},
      },
    );
    expect(await fake.people()).toEqual([]);
    expect(fake.fake.stats().suppressed).toBe(5);
    await fake.client.unsuppress('u1');
    await fake.client.identify('u1', { b: 1 });
    expect((await fake.person('u1')).attributes).toEqual({ b: 1 });
  });

  it('works the same over v2', async () => {
    const fake = await startFake();
    await fake.batch([identifyOf('u1'), { ...identifyOf('u1'), action: 'suppress' }, identifyOf('u1')]);
    expect(await fake.exists('u1')).toBe(false);
    await fake.batch([{ ...identifyOf('u1'), action: 'unsuppress' }, identifyOf('u1')]);
    expect(await fake.exists('u1')).toBe(true);
  });
});

describe('deletion', () => {
  it('forgets a person, takes an unknown one, and lets one come back', async () => {
    const fake = await startFake();
    await fake.client.identify('u1', { a: 1 });
    await fake.client.destroy('u1');
    await fake.client.destroy('u1');
    expect(await fake.exists('u1')).toBe(false);
    await fake.batch([identifyOf('u1', { b: 1 })]);
    expect((await fake.person('u1')).attributes).toEqual({ b: 1 });
  });
});

describe('merge', () => {
  it('fills the primary from the secondary, which goes', async () => {
    const fake = await startFake();
    await fake.batch([identifyOf('u1', { a: 1 }), identifyOf('u2', { a: 2, b: 2, email: 'a@b.example' })]);
    await fake.batch([eventOf('u2', 'e'), group('u2')]);
    const { cio_id: cioId } = await fake.person('u1');
    await fake.client.mergeCustomers(IdentifierType.Id, 'u1', IdentifierType.Id, 'u2');
    expect(await fake.people()).toMatchObject([
      {
        id: 'u1',
        cio_id: cioId,
        attributes: { a: 1, b: 2, email: 'a@b.example' },
        events: [{ name: 'e' }],
        relationships: [{ identifiers: { object_id: 'acme' } }],
      },
    ]);
    await fake.batch([identifyOf('u1', { email: 'new@b.example' })]);
    expect((await fake.person('u1')).attributes).toMatchObject({ email: 'new@b.example' });
  });

  it('does nothing without a primary, over v2', async () => {
    const fake = await startFake();
    await fake.batch([
      identifyOf('u2', { b: 2 }),
      { type: 'person', action: 'merge', primary: { id: 'u1' }, secondary: { id: 'u2' } },
    ]);
    expect((await fake.people()).map(({ id }) => id)).toEqual(['u2']);
  });

  it('refuses more than one identifier a side, v1 with one text', async () => {
    const fake = await startFake();
    const body = { primary: { id: 'u1', email: 'a@b.example' }, secondary: { id: 'u2' } };
    expect(await read(fake.v1('POST', '/merge_customers', body))).toEqual({
      status: 400,
      body: { meta: { error: expect.any(String) } },
    });
  });
});

describe('devices', () => {
  it('have an id at v1 and a token at v2, and move to the latest person', async () => {
    const fake = await startFake();
    await fake.client.addDevice('u1', 't/1', 'ios');
    const device = { token: 't2', platform: 'android' };
    await fake.batch([{ type: 'person', identifiers: { id: 'u1' }, action: 'add_device', device }]);
    expect((await fake.person('u1')).devices).toMatchObject([{ token: 't/1', platform: 'ios' }, device]);
    await fake.batch([{ type: 'person', identifiers: { id: 'u2' }, action: 'add_device', device }]);
    await fake.client.deleteDevice('u1', 't/1');
    expect((await fake.person('u1')).devices).toEqual([]);
    expect((await fake.person('u2')).devices).toEqual([device]);
    await fake.batch([
      { type: 'person', identifiers: { id: 'u2' }, action: 'delete_device', device: { token: 't2' } },
    ]);
    expect((await fake.person('u2')).devices).toEqual([]);
  });

  it('refuse the other API’s key', async () => {
    const fake = await startFake();
    const v1 = { device: { token: 't', platform: 'ios' } };
    const v2 = {
      type: 'person',
      identifiers: { id: 'u1' },
      action: 'add_device',
      device: { id: 't', platform: 'ios' },
    };
    expect((await fake.v1('PUT', '/customers/u1/devices', v1)).status).toBe(400);
    expect((await fake.entity(v2)).status).toBe(400);
  });
});

describe('groups', () => {
  it('relate people to an object, until removed', async () => {
    const fake = await startFake();
    await fake.batch([identifyOf('u1'), group('u1'), group('u2')]);
    const relation = {
      identifiers: { object_type_id: '1', object_id: 'acme' },
      relationship_attributes: { role: 'admin' },
    };
    expect((await fake.person('u1')).relationships).toEqual([relation]);
    await fake.batch([group('u1', { action: 'delete_relationships' })]);
    expect((await fake.person('u1')).relationships).toEqual([]);
    expect((await fake.person('u2')).relationships).toEqual([relation]);
    await fake.batch([group('u2', { action: 'delete', cio_relationships: undefined })]);
    expect((await fake.person('u2')).relationships).toEqual([]);
  });

  it('are added and removed by a v1 identify', async () => {
    const fake = await startFake();
    const relationships = [{ identifiers: { object_type_id: '1', object_id: 'acme' } }];
    await fake.client.identify('u1', { cio_relationships: { action: 'add_relationships', relationships } });
    expect(await fake.person('u1')).toMatchObject({ attributes: {}, relationships });
    await fake.client.identify('u1', {
      cio_relationships: { action: 'delete_relationships', relationships },
    });
    expect((await fake.person('u1')).relationships).toEqual([]);
  });

  it('make nobody of an anonymous or empty relation', async () => {
    const fake = await startFake();
    const anonymous = [{ identifiers: { anonymous_id: 'anon' } }, { identifiers: {} }, {}];
    await fake.batch([group('', { action: 'identify_anonymous', cio_relationships: anonymous })]);
    expect(await fake.people()).toEqual([]);
  });
});
