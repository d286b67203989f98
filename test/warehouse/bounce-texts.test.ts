import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BOUNCE_TEXTS, type Verdict } from './bounce-texts.ts';
import { about } from './posted-events.ts';
import { type WarehouseWorld, warehouseWorld } from './warehouse-world.ts';

const LIMIT_MS = 60_000;

const CASES = Object.entries(BOUNCE_TEXTS).flatMap(([verdict, texts]) =>
  texts.map((text, n) => [verdict as Verdict, text, `${verdict}${n}@example.com`] as const),
);

/** What the view's columns say of an address. */
const verdictOf = (row: Record<string, unknown> | undefined): Verdict | string => {
  if (row === undefined) return 'temporary';
  const { bounced, blocked, mailbox_full: full, do_not_mail: doNotMail } = row;
  const held = [bounced === true && 'bounced', blocked === true && 'blocked', full === true && 'full'];
  const verdict = held.filter((name) => name !== false).join(' and ');
  return (verdict === 'bounced') === doNotMail ? verdict : `${verdict}, do_not_mail ${doNotMail}`;
};

describe('the text of a bounce, in suppression_list', () => {
  let world: WarehouseWorld;
  let rows: ReadonlyMap<unknown, Record<string, unknown>>;

  beforeAll(async () => {
    world = await warehouseWorld();
    await world.receive(
      ...CASES.map(([, text, recipient]) =>
        about(['email', 'bounced'], recipient, 0, { recipient, failure_message: text }),
      ),
    );
    const found = await world.query(
      "SELECT * FROM customerio_events.suppression_list WHERE kind = 'address'",
    );
    rows = new Map(found.map((row) => [row['address'], row]));
  }, LIMIT_MS);
  afterAll(() => world.close());

  it.each(CASES)('is judged %s: %j', (verdict, _text, address) => {
    expect(verdictOf(rows.get(address))).toBe(verdict);
  });
});
