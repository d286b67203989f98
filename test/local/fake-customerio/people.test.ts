import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeCustomerIo } from '../../../app/local/fake-customerio/fake-customerio.ts';

type Fake = Awaited<ReturnType<typeof startFakeCustomerIo>>;

let fake: Fake;
beforeEach(async () => {
  fake = await startFakeCustomerIo();
});
afterEach(() => fake.close());

describe('a person of the fake', () => {
  it('is found by id, by e-mail address in any case, and by cio_id', async () => {
    const operation = {
      type: 'person',
      action: 'identify',
      identifiers: { email: 'Ada@example.com' },
      attributes: { plan: 'pro' },
    };
    await fetch(`${fake.url}/track/api/v2/entity`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('local:local')}`, 'content-type': 'application/json' },
      body: JSON.stringify(operation),
    });
    const read = async (name: string) => {
      const response = await fetch(`${fake.url}/_control/people/${encodeURIComponent(name)}`);
      return (await response.json()) as { cio_id?: string; attributes?: object };
    };
    const { cio_id: cioId, attributes } = await read('ada@EXAMPLE.com');
    expect(attributes).toMatchObject({ plan: 'pro' });
    for (const name of [String(cioId), `cio_${cioId}`])
      expect(await read(name)).toMatchObject({ cio_id: cioId });
    expect(await read('nobody')).toEqual({ error: 'nobody has this id, e-mail address or cio_id' });
  });
});
