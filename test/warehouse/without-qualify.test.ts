import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { event } from './posted-events.ts';
import { type WarehouseWorld, warehouseWorld } from './warehouse-world.ts';

const LIMIT_MS = 60_000;
const EVENTS = '`customerio_events.delivery_events`';

describe('QUALIFY, in the local warehouse', () => {
  let world: WarehouseWorld;
  const query = (sql: string): Promise<readonly unknown[]> => world.query(sql);

  beforeAll(async () => {
    world = await warehouseWorld();
    await world.receive(
      event('sent', 'a', 0, { subject: '(QUALIFY' }),
      event('opened', 'a', 5),
      event('opened', 'a', 9),
      event('sent', 'b', 1),
      event('sent', 'b', 2),
    );
    await world.query('SELECT 1');
  }, LIMIT_MS);
  afterAll(() => world.close());

  it('takes the first of each group', async () => {
    const sql = `SELECT metric, TIMESTAMP_DIFF(timestamp, TIMESTAMP_TRUNC(timestamp, HOUR), SECOND) AS at FROM ${EVENTS}
      WHERE delivery_id = 'a' QUALIFY ROW_NUMBER() OVER (PARTITION BY metric ORDER BY timestamp DESC) = 1 ORDER BY at;`;
    expect(await query(sql)).toEqual([
      { metric: 'sent', at: 0 },
      { metric: 'opened', at: 9 },
    ]);
  });

  it('takes any condition, and more than one window', async () => {
    const sql = `SELECT delivery_id, metric FROM ${EVENTS} WHERE TRUE QUALIFY
      NOT (metric = 'sent' AND COUNTIF(metric = "opened") OVER (PARTITION BY delivery_id) > 0)
      AND (ROW_NUMBER() OVER (PARTITION BY delivery_id ORDER BY timestamp) = 2 OR subject = 'QUALIFY (')
      ORDER BY delivery_id LIMIT 5`;
    expect(await query(sql)).toEqual([
      { delivery_id: 'a', metric: 'opened' },
      { delivery_id: 'b', metric: 'sent' },
    ]);
  });

  it('gives all columns and no others for *, also where it stands in a subquery', async () => {
    const inner = `SELECT * FROM (SELECT delivery_id, metric FROM ${EVENTS}) AS few
      WHERE TRUE QUALIFY COUNT(*) OVER (PARTITION BY delivery_id) = 2`;
    const both = `WITH twice AS (${inner}) SELECT * FROM twice QUALIFY ROW_NUMBER() OVER (ORDER BY metric) = 1`;
    expect(await query(both)).toEqual([{ delivery_id: 'b', metric: 'sent' }]);
    expect(await query(`SELECT COUNT(*) AS n FROM (${inner}) AS counted`)).toEqual([{ n: 2 }]);
    expect(await query(`${inner} UNION ALL ${inner}`)).toHaveLength(4);
    const more = inner.replace('SELECT *', 'SELECT UPPER(metric) AS upper, *');
    expect(await query(`${more} LIMIT 1`)).toEqual([{ upper: 'SENT', delivery_id: 'b', metric: 'sent' }]);
  });

  it.each([
    ['groups', `SELECT metric FROM ${EVENTS} GROUP BY metric QUALIFY RANK() OVER (ORDER BY COUNT(*)) = 1`],
    [
      'has a window in its list',
      `SELECT RANK() OVER (ORDER BY metric) AS n FROM ${EVENTS} WHERE TRUE QUALIFY n = 1`,
    ],
    ['has no window', `SELECT metric FROM ${EVENTS} WHERE TRUE QUALIFY metric = 'sent'`],
  ])('is refused, rather than answered wrongly, where the SELECT %s', async (_what, sql) => {
    await expect(query(sql)).rejects.toMatchObject({ name: 'PostgresError', code: 'refused' });
  });
});

describe('regular expressions, in the local warehouse', () => {
  it(
    'are found, give their group or all of them, and are replaced wherever they are',
    async () => {
      const world = await warehouseWorld();
      const sql = `SELECT REGEXP_CONTAINS('ab1', '[0-9]$') AS found, REGEXP_CONTAINS('ab', '[0-9]') AS missing,
        REGEXP_EXTRACT('ab1', '[a-z]+') AS whole, REGEXP_EXTRACT('ab1', '([a-z])[0-9]') AS part,
        REGEXP_EXTRACT('ab', '[0-9]') AS nothing, REGEXP_EXTRACT_ALL('a1 b2', '[a-z]') AS letters,
        REGEXP_EXTRACT_ALL('a1 b2', '[a-z]([0-9])') AS digits, REGEXP_EXTRACT_ALL('ab', '[0-9]') AS none,
        REGEXP_REPLACE('a1 b2', '([a-z])([0-9])', '\\\\2\\\\1') AS swapped`;
      expect(await world.query(sql)).toEqual([
        {
          ...{ found: true, missing: false, whole: 'ab', part: 'b', nothing: null },
          ...{ letters: ['a', 'b'], digits: ['1', '2'], none: [], swapped: '1a 2b' },
        },
      ]);
      await world.close();
    },
    LIMIT_MS,
  );
});
