import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WAREHOUSE_VIEWS } from '../../app/contract/warehouse-views/warehouse-views.ts';
import { readViews } from '../../app/warehouse/read-views.ts';
import { about } from './posted-events.ts';
import { NOON, type Posted, type WarehouseWorld, warehouseWorld } from './warehouse-world.ts';

const LIMIT_MS = 60_000;
const UNSUBSCRIBED = ['customer', 'unsubscribed'] as const;
const SUBSCRIBED = ['customer', 'subscribed'] as const;
const BOUNCED = ['email', 'bounced'] as const;
const DELIVERED = ['email', 'delivered'] as const;

interface Who {
  readonly id?: string;
  readonly cio?: string;
  readonly address?: string;
}

/** An event of somebody who is named by nothing but this; `at` seconds after noon. */
const of = (
  kind: readonly [string, string],
  at: number,
  { id, cio, address }: Who,
  data: object = {},
): Posted =>
  about(kind, '', at, {
    identifiers: { id, cio_id: cio },
    [kind[0] === 'email' ? 'recipient' : 'email_address']: address,
    ...data,
  });

const bounced = (name: string, text: string | undefined): Posted =>
  about(BOUNCED, name, 0, {
    delivery_id: name,
    recipient: `${name}@example.com`,
    failure_message: text,
  });

const TEMPORARY = [
  '452 mailbox full',
  '4.2.2 mailbox full',
  'Mailbox full (452 4.2.2)',
  'smtp; 421 try again later',
  'smtp;450-4.7.1 greylisted, see http://example.com/550',
  'remote server said: #4.4.7# expired',
  'The mailbox is over its quota: 4.2.2.',
  'given up after 3 days: 451',
  '451 4.7.500 Server busy. Please try again later from [5.6.7.8]',
];
const FOR_GOOD = [
  undefined,
  '',
  'no such user',
  '550 unknown',
  '5.1.1 bad destination mailbox address',
  'smtp; 550 5.1.1 unknown; 452 4.2.2 before',
  'Mailbox unavailable (552 5.2.2)',
  'host mx.example.com[4.5.6.7] said: 550 5.1.1 unknown',
  'refused by 4.5.6.7',
  'no answer on port 465 or 587 after 4 tries',
  'message a450 of 4500 refused, 3.4.2.1',
  '<450@example.com>: 550 unknown',
  'ann@451.example.com by mx-421.example.com and mta-421-7.example.com: 550 unknown',
];

const CHANGES: readonly Posted[] = [
  // Older webhooks have no cio_id.
  of(UNSUBSCRIBED, 0, { id: 'older' }),
  of(SUBSCRIBED, 60, { id: 'older', cio: 'c-older' }),
  of(UNSUBSCRIBED, 0, { id: 'lost', address: 'lost@example.com' }),
  of(SUBSCRIBED, -60, { id: 'lost', cio: 'c-lost' }),
  of(SUBSCRIBED, 60, { id: 'gone-by-id', cio: 'c-gone' }),
  of(UNSUBSCRIBED, 120, { id: 'gone-by-id' }),
  // An id that was given to another person: what has the id only is the later one's.
  of(UNSUBSCRIBED, 0, { id: 'reused', cio: 'c-first' }),
  of(SUBSCRIBED, 30, { id: 'reused', cio: 'a-second' }),
  of(UNSUBSCRIBED, 60, { id: 'reused' }),
  // People who were deleted have blank identifiers.
  of(UNSUBSCRIBED, 0, { id: '', cio: '', address: 'deleted1@example.com' }),
  of(SUBSCRIBED, 60, { id: '', cio: '', address: 'deleted2@example.com' }),
  of(UNSUBSCRIBED, 5, { id: '', cio: '', address: '' }),
  of(SUBSCRIBED, 0, { id: '', cio: 'c-without-id' }),
  // Addresses: of one person, of two, and of nobody.
  of(SUBSCRIBED, 0, { id: 'owner', cio: 'c-owner', address: 'owner@example.com' }),
  of(BOUNCED, 10, { address: 'owner@example.com' }, { failure_message: '550 unknown' }),
  of(UNSUBSCRIBED, 0, { address: 'back@example.com' }),
  of(SUBSCRIBED, 60, { id: 'back', address: 'back@example.com' }),
  of(DELIVERED, 0, { id: 'one', cio: 'c-one', address: 'shared@example.com' }),
  of(DELIVERED, 0, { id: 'two', cio: 'c-two', address: 'shared@example.com' }),
  of(UNSUBSCRIBED, 60, { address: 'shared@example.com' }),
  of(UNSUBSCRIBED, 0, { address: 'nobody@example.com' }),
  // A person whose webhooks have no address is not who has a phone number only.
  of(['sms', 'delivered'], 0, { id: 'silent', cio: 'c-silent' }),
  of(['sms', 'unsubscribed'], 0, {}, { recipient: '+15550000001' }),
];

describe('suppression_list', () => {
  let world: WarehouseWorld;
  const listed = async (where: string): Promise<readonly unknown[]> => {
    const rows = await world.query(
      `SELECT * FROM \`customerio_events.suppression_list\` WHERE ${where} ORDER BY person`,
    );
    return rows.map(({ person, person_id: id, address, since, ...states }) => [
      ...[person, id, address, Date.parse(String(since)) / 1000 - NOON],
      ...Object.keys(states).filter((name) => states[name] === true),
    ]);
  };

  beforeAll(async () => {
    world = await warehouseWorld();
    const soft = TEMPORARY.map((text, n) => bounced(`soft${n}`, text));
    const hard = FOR_GOOD.map((text, n) => bounced(`hard${n}`, text));
    await world.receive(...CHANGES, ...soft, ...hard);
    await world.query('SELECT 1');
  }, LIMIT_MS);
  afterAll(() => world.close());

  it('knows a person by the cio_id that the same id has elsewhere', async () => {
    expect(await listed("person_id IN ('older', 'lost', 'gone-by-id')")).toEqual([
      ['c-gone', 'gone-by-id', null, 120, 'unsubscribed'],
      ['c-lost', 'lost', 'lost@example.com', 0, 'unsubscribed'],
    ]);
  });

  it('takes an id for the person who had it last', async () => {
    expect(await listed("person_id = 'reused'")).toEqual([
      ['a-second', 'reused', null, 60, 'unsubscribed'],
      ['c-first', 'reused', null, 0, 'unsubscribed'],
    ]);
  });

  it('does not take people with blank identifiers for one', async () => {
    expect(await listed("address LIKE 'deleted%' OR person = '' OR person IS NULL")).toEqual([
      ['deleted1@example.com', null, 'deleted1@example.com', 0, 'unsubscribed'],
    ]);
  });

  it('takes an address for the one person who has it, and by itself where that is nobody or several', async () => {
    const addresses = ['owner', 'back', 'shared', 'nobody'].map((name) => `'${name}@example.com'`);
    expect(await listed(`address IN (${addresses.join(', ')})`)).toEqual([
      ['c-owner', 'owner', 'owner@example.com', 10, 'bounced'],
      ['nobody@example.com', null, 'nobody@example.com', 0, 'unsubscribed'],
      ['shared@example.com', null, 'shared@example.com', 60, 'unsubscribed'],
    ]);
  });

  it('lists a phone number by itself', async () => {
    expect(await listed("person LIKE '+%' OR person_id = 'silent'")).toEqual([
      ['+15550000001', null, null, 0, 'unsubscribed'],
    ]);
  });

  it.each(TEMPORARY.map((text, n) => [text, n] as const))('forgives %j', async (_text, n) => {
    expect(await listed(`person_id = 'soft${n}'`)).toEqual([]);
  });

  it.each(FOR_GOOD.map((text, n) => [text, n] as const))('does not forgive %j', async (_text, n) => {
    const name = `hard${n}`;
    expect(await listed(`person_id = '${name}'`)).toEqual([
      [`c-${name}`, name, `${name}@example.com`, 0, 'bounced'],
    ]);
  });

  it('says that it knows no more than the table still has', () => {
    expect(WAREHOUSE_VIEWS.suppression_list.about).toMatch(/older than the table’s expiry are gone/);
    expect(readViews().suppression_list).toMatch(/^-- .*before the table's oldest day/m);
  });
});
