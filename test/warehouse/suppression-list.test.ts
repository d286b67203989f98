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

const ADA = { id: 'ada', cio_id: 'c-ada', email: 'Ada@Example.com' } as const;
/** An event of an e-mail to somebody who has an address of their own. */
const mail = (
  metric: string,
  at: number,
  recipient: string,
  identifiers: object,
  data: object = {},
): Posted => about(['email', metric], '', at, { identifiers, recipient, ...data });

const GONE = { failure_message: '550 5.1.1 user unknown' } as const;
const bob = (email: string): object => ({ id: 'bob', cio_id: 'c-bob', email });
const cat = { id: 'cat', cio_id: 'c-cat', email: 'cat@example.com' };
const dan = { id: 'dan', cio_id: 'c-dan', email: 'dan@example.com' };
const eve = (email: string): object => ({ id: 'eve', cio_id: 'c-eve', email });
const MAILS: readonly Posted[] = [
  // A typo in the recipient of one transactional message.
  mail('delivered', 0, 'ada@example.com', ADA),
  mail('bounced', 10, 'Ada <ada@exmaple.com>', ADA, GONE),
  // The same where webhooks do not tell of people's addresses.
  of(DELIVERED, 0, { id: 'quiet', address: 'quiet@example.com' }),
  of(BOUNCED, 10, { id: 'quiet', address: 'quiet@exmaple.com' }, GONE),
  // An address that is dead, and was corrected.
  mail('bounced', 0, 'bob@old.example', bob('bob@old.example'), GONE),
  mail('unsubscribed', 5, 'bob@old.example', bob('bob@old.example')),
  mail('delivered', 10, 'bob@new.example', bob('bob@new.example')),
  // One address in many spellings: refused, then there again.
  mail('bounced', 0, 'Cat <CAT@example.com>', cat, GONE),
  mail('bounced', 5, '"Cat, the" <cat@example.com>', cat, { failure_message: '452 4.2.2 over quota' }),
  mail('bounced', 6, 'cat@example.com', cat, { failure_message: '550 5.7.1 blocked' }),
  mail('dropped', 7, 'cat@example.com', cat),
  mail('delivered', 60, '<Cat@Example.com>', cat),
  mail('bounced', 90, 'cat@example.com', cat, { failure_message: '550 5.7.1 blocked' }),
  // Lists of recipients.
  mail('bounced', 0, 'One <one@list.example>, two@list.example;"Three, A" <Three@list.example>', {}, GONE),
  mail('delivered', 9, 'TWO@list.example', {}),
  mail('bounced', 0, 'four@shown.example <four@list.example>', {}, GONE),
  mail('bounced', 0, '"a b"@list.example', {}, GONE),
  mail('bounced', 0, 'nobody at all', {}, GONE),
  mail('bounced', 0, '', { email: 'five@list.example' }, GONE),
  // Complaints.
  mail('spammed', 0, 'dan@example.com', dan),
  mail('delivered', 60, 'dan@example.com', dan),
  mail('spammed', 0, 'eve@old.example', eve('eve@old.example')),
  mail('spammed', 0, 'eve@new.example', eve('eve@new.example')),
  of(SUBSCRIBED, 60, { id: 'eve', cio: 'c-eve', address: 'Eve@new.example' }),
  of(['email', 'spammed'], 0, { id: 'finn', address: 'finn@example.com' }),
  of(SUBSCRIBED, 60, { id: 'finn' }),
];

describe('suppression_list', () => {
  let world: WarehouseWorld;
  const listed = async (where: string): Promise<readonly unknown[]> => {
    const rows = await world.query(
      `SELECT * FROM \`customerio_events.suppression_list\` WHERE ${where} ORDER BY kind DESC, person, address`,
    );
    return rows.map(({ kind, person, person_id: id, address, since, ...states }) => [
      ...[kind, person, id, address, Date.parse(String(since)) / 1000 - NOON],
      ...Object.keys(states).filter((name) => states[name] === true && name !== 'do_not_mail'),
    ]);
  };

  beforeAll(async () => {
    world = await warehouseWorld();
    await world.receive(...CHANGES, ...MAILS);
    await world.query('SELECT 1');
  }, LIMIT_MS);
  afterAll(() => world.close());

  it('knows a person by the cio_id that the same id has elsewhere', async () => {
    expect(await listed("person_id IN ('older', 'lost', 'gone-by-id')")).toEqual([
      ['person', 'c-gone', 'gone-by-id', null, 120, 'unsubscribed'],
      ['person', 'c-lost', 'lost', 'lost@example.com', 0, 'unsubscribed'],
    ]);
  });

  it('takes an id for the person who had it last', async () => {
    expect(await listed("person_id = 'reused'")).toEqual([
      ['person', 'a-second', 'reused', null, 60, 'unsubscribed'],
      ['person', 'c-first', 'reused', null, 0, 'unsubscribed'],
    ]);
  });

  it('does not take people with blank identifiers for one', async () => {
    expect(await listed("address LIKE 'deleted%' OR person = ''")).toEqual([
      ['person', 'deleted1@example.com', null, 'deleted1@example.com', 0, 'unsubscribed'],
    ]);
  });

  it('takes an address for the one person who has it, and by itself where that is nobody or several', async () => {
    const addresses = ['owner', 'back', 'shared', 'nobody'].map((name) => `'${name}@example.com'`);
    expect(await listed(`address IN (${addresses.join(', ')})`)).toEqual([
      ['person', 'nobody@example.com', null, 'nobody@example.com', 0, 'unsubscribed'],
      ['person', 'shared@example.com', null, 'shared@example.com', 60, 'unsubscribed'],
      ['address', 'c-owner', 'owner', 'owner@example.com', 10, 'bounced'],
    ]);
  });

  it('lists a phone number by itself', async () => {
    expect(await listed("person LIKE '+%' OR person_id = 'silent'")).toEqual([
      ['person', '+15550000001', null, null, 0, 'unsubscribed'],
    ]);
  });

  it('does not list a person, or their own address, for a typo in one recipient', async () => {
    expect(await listed("address LIKE 'ada@%' OR person_id = 'ada'")).toEqual([
      ['address', null, null, 'ada@exmaple.com', 10, 'bounced'],
    ]);
    expect(await listed("address LIKE 'quiet@%' OR person_id = 'quiet'")).toEqual([
      ['address', null, null, 'quiet@exmaple.com', 10, 'bounced'],
    ]);
  });

  it('keeps a dead address when its person gets another one, and lists that one for the opt-out alone', async () => {
    expect(await listed("address LIKE 'bob@%' OR person_id = 'bob'")).toEqual([
      ['person', 'c-bob', 'bob', 'bob@new.example', 5, 'unsubscribed'],
      ['address', null, null, 'bob@old.example', 0, 'bounced'],
    ]);
  });

  it('takes an address for one however it is spelt, and clears it when it is delivered to', async () => {
    expect(await listed("address LIKE '%cat%' OR person_id = 'cat'")).toEqual([
      ['address', 'c-cat', 'cat', 'cat@example.com', 90, 'blocked'],
    ]);
  });

  it('lists each recipient of a list, and nothing that is no address', async () => {
    expect(await listed("address LIKE '%list.example' OR address LIKE '%nobody at%'")).toEqual([
      ['address', '"a b"@list.example', null, '"a b"@list.example', 0, 'bounced'],
      ['address', 'five@list.example', null, 'five@list.example', 0, 'bounced'],
      ['address', 'four@list.example', null, 'four@list.example', 0, 'bounced'],
      ['address', 'one@list.example', null, 'one@list.example', 0, 'bounced'],
      ['address', null, null, 'three@list.example', 0, 'bounced'],
    ]);
  });

  it('keeps a complaint through a delivery, until the address subscribes or its person does', async () => {
    expect(await listed("address LIKE 'dan@%' OR address LIKE 'eve@%' OR address LIKE 'finn@%'")).toEqual([
      ['address', 'c-dan', 'dan', 'dan@example.com', 0, 'spammed'],
      ['address', null, null, 'eve@old.example', 0, 'spammed'],
    ]);
  });

  it('has one row per address, and one per person', async () => {
    const doubles = await world.query(
      'SELECT kind, COUNT(*) AS n FROM customerio_events.suppression_list GROUP BY kind, IF(kind = "person", person, address) HAVING COUNT(*) > 1',
    );
    expect(doubles).toEqual([]);
  });

  it('says do_not_mail of a reason, and not of a sender that was refused', async () => {
    const rows = await world.query(
      "SELECT do_not_mail, COUNT(*) AS n, MAX(address) AS last FROM customerio_events.suppression_list WHERE person IN ('c-cat', 'c-dan') GROUP BY do_not_mail ORDER BY do_not_mail",
    );
    expect(rows).toEqual([
      { do_not_mail: false, n: 1, last: 'cat@example.com' },
      { do_not_mail: true, n: 1, last: 'dan@example.com' },
    ]);
  });

  it('says that it knows no more than the table still has', () => {
    expect(WAREHOUSE_VIEWS.suppression_list.about).toMatch(/older than the table’s expiry are gone/);
    expect(readViews().suppression_list).toMatch(/^-- .*before the table's oldest day/m);
  });
});
