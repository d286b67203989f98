import { describe, expect, it } from '@jest/globals';
import { IdentifierType } from 'customerio-node';
import { AUTHORIZATION, read, startFake } from './fake-client.ts';

const segmentsOf = (person: object): unknown => (person as { segments: readonly string[] }).segments;

describe('manual segments', () => {
  it('take and lose people by each type of id, and ignore ids of nobody', async () => {
    const fake = await startFake();
    await fake.client.identify('u1', { email: 'a@b.example' });
    await fake.client.addCustomersToSegment(7, ['u1', 'nobody']);
    await fake.client.addCustomersToSegment(8, ['a@b.example'], IdentifierType.Email);
    expect(segmentsOf(await fake.person('u1'))).toEqual(['7', '8']);
    expect(await fake.exists('nobody')).toBe(false);
    await fake.client.removeCustomersFromSegment(7, ['u1']);
    expect(segmentsOf(await fake.person('u1'))).toEqual(['8']);
  });

  it('take from 1 to 1000 ids', async () => {
    const fake = await startFake();
    const ids = Array.from({ length: 1001 }, (_none, index) => `u${index}`);
    await expect(fake.client.addCustomersToSegment(7, ids)).rejects.toMatchObject({ statusCode: 400 });
    await expect(fake.client.addCustomersToSegment(7, ids.slice(1))).resolves.toEqual({});
  });
});

describe('forms', () => {
  const submit = (url: string, data: object) =>
    fetch(`${url}/forms/9/submit`, {
      method: 'POST',
      headers: { authorization: AUTHORIZATION },
      body: JSON.stringify({ data }),
    });

  it('write the texts of a person with an id or an e-mail address and answer 204', async () => {
    const fake = await startFake();
    expect((await submit(fake.trackUrl, { id: 'u1', city: 'Ghent' })).status).toBe(204);
    expect((await fake.person('u1')).attributes).toEqual({ city: 'Ghent' });
  });

  it.each([{ city: 'Ghent' }, { id: 'u1', email: 'a@b.example' }, { id: 'u1', age: 3 }])(
    'refuse %j',
    async (data) => {
      const fake = await startFake();
      expect(await read(submit(fake.trackUrl, data))).toMatchObject({
        status: 400,
        body: { meta: { errors: [expect.stringContaining('data must')] } },
      });
      expect(await fake.people()).toEqual([]);
    },
  );
});

describe('delivery events', () => {
  const opened = {
    type: 'delivery',
    identifiers: { id: 'RPILAg' },
    action: 'event',
    name: 'opened',
    attributes: { device_token: 'tok' },
  };

  it.each([
    ['are taken when complete', opened, []],
    ['need a known name', { ...opened, name: 'seen' }, ['name']],
    ['need the device token', { ...opened, attributes: {} }, ['attributes.device_token']],
  ])('%s', async (_title, operation, fields) => {
    const fake = await startFake();
    const { body } = await read(fake.batch([operation]));
    expect(((body as { errors?: { field: string }[] }).errors ?? []).map((error) => error.field)).toEqual(
      fields,
    );
  });
});
