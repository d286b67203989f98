import { describe, expect, it } from '@jest/globals';
import { toPostgres } from '../../app/warehouse/to-postgres.ts';

describe('toPostgres', () => {
  it.each([
    ['`to`', '"to"'],
    ['`acme.customerio_events.delivery_events`', '"customerio_events"."delivery_events"'],
    ['`customerio_events.delivery_events`', '"customerio_events"."delivery_events"'],
    ['`a"b`', '"a""b"'],
    ['SELECT "it\'s"', "SELECT 'it''s'"],
    ["SELECT 'it\\'s'", "SELECT 'it''s'"],
    ["SELECT 'it''s'", "SELECT 'it''s'"],
    ["SELECT '`a` -- b'", "SELECT '`a` -- b'"],
    ['SELECT "INTERVAL 1 DAY"', "SELECT 'INTERVAL 1 DAY'"],
    ['SELECT 1 -- `a`\n, 2', 'SELECT 1  \n, 2'],
    ['SELECT 1 /* ; */ ;', 'SELECT 1'],
    ['SELECT 1 /* `a`', 'SELECT 1 /* `a`'],
    ['SELECT "a `b`', 'SELECT "a `b`'],
    ["SELECT 'a\\", "SELECT 'a\\"],
    ['SELECT 1 /**/ --', 'SELECT 1'],
    [
      'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 90 DAY)',
      "TIMESTAMP_SUB(CURRENT_TIMESTAMP, INTERVAL '90 DAY')",
    ],
    ['TIMESTAMP_DIFF(a, b, SECOND)', "TIMESTAMP_DIFF(a, b, 'SECOND')"],
    ['TIMESTAMP("2026-01-31")', "AS_TIMESTAMP('2026-01-31')"],
    ["REGEXP_REPLACE(a, 'b', '\\\\1')", "REPLACE_ALL(a, 'b', '\\1')"],
    ["TIMESTAMP '2026-01-31'", "TIMESTAMP '2026-01-31'"],
    [
      'APPROX_QUANTILES(seconds, 100)[OFFSET(50)]',
      'percentile_disc(50 / 100.0) WITHIN GROUP (ORDER BY seconds)',
    ],
    [
      'SELECT a FROM t WHERE b QUALIFY ROW_NUMBER() OVER (PARTITION BY a, b ORDER BY c) = 1 ORDER BY a;',
      'SELECT a FROM (SELECT * FROM (SELECT *, (ROW_NUMBER() OVER (PARTITION BY a, b ORDER BY c) = 1) AS _is_kept FROM t WHERE b) AS _judged WHERE _is_kept) AS _kept ORDER BY a',
    ],
  ])('%s', (bigQuery, postgres) => {
    expect(toPostgres(bigQuery)).toBe(postgres);
  });
});
