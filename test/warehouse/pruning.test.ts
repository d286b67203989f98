import { describe, expect, it } from '@jest/globals';
import {
  WAREHOUSE_VIEWS,
  type WarehouseView,
  type WarehouseViewName,
} from '../../app/contract/warehouse-views/warehouse-views.ts';
import { readViews } from '../../app/warehouse/read-views.ts';

const VIEWS: readonly (readonly [WarehouseViewName, WarehouseView])[] = Object.entries(
  WAREHOUSE_VIEWS,
) as never;
const TEXTS = readViews();

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
const isByTime = (partition: string): boolean => /(^|,)\s*timestamp\s*(,|$)/.test(partition);

/**
 * Why a query of a view would read days that it did not ask for. BigQuery takes a filter on a view's column below a window
 * only where the column is in its PARTITION BY, and below a GROUP BY only where the rows are grouped by it.
 */
const readsTooMuch = (text: string, filter: WarehouseView['filter']): string | undefined => {
  const sql = text.replaceAll(/--[^\n]*/g, '');
  const reads = count(sql, /FROM\s+`/g);
  if (reads === 0) return 'reads no table';
  if (filter === undefined) {
    const filtered = count(sql, /FROM\s+`[^`]+`\s+WHERE timestamp >= TIMESTAMP/g);
    return filtered === reads ? undefined : 'a table without a filter';
  }
  const windows = count(sql, /\bOVER\b/g) + count(sql, /\bWINDOW\b/g);
  const partitions = [...sql.matchAll(/PARTITION BY\s+([\w\s,]+?)\s*(?:ORDER BY|\))/g)].map(
    ([, by = '']) => by,
  );
  if (partitions.length !== windows) return 'a window of all rows';
  if (!partitions.every(isByTime)) return 'a window over several times';
  const days = count(sql, /SELECT\s+DATE\(timestamp\) AS day,/g);
  const groups = count(sql, /GROUP BY/g);
  const groupedByDay = count(sql, /GROUP BY 1\b/g);
  if (filter === 'timestamp') return groups === 0 && reads === 1 ? undefined : 'groups';
  return days === reads && groups === reads && groupedByDay === groups
    ? undefined
    : 'groups that are no days';
};

describe('a view', () => {
  it.each(VIEWS)('can be pruned by day: %s', (name, { filter }) => {
    expect(readsTooMuch(TEXTS[name], filter)).toBeUndefined();
  });

  it('of the deduplicated events compares rows twice, and both times within one time', () => {
    const text = TEXTS.delivery_events_deduplicated;
    expect(count(text, /PARTITION BY [\w, ]*, timestamp\b/g)).toBe(2);
    const [first, ...second] = text.split(', timestamp\n');
    expect(readsTooMuch([first, ...second].join('\n'), 'timestamp')).toBe('a window over several times');
    expect(readsTooMuch(text.replace(', timestamp)', ')'), 'timestamp')).toBe('a window over several times');
    expect(readsTooMuch(text.replace(/PARTITION BY delivery_id.*timestamp/, ''), 'timestamp')).toBe(
      'a window of all rows',
    );
  });

  it.each(VIEWS.filter(([, { filter }]) => filter === 'day'))(
    'that groups would read every day if it did not group by it: %s',
    (name) => {
      expect(readsTooMuch(TEXTS[name].replace('GROUP BY 1', 'GROUP BY 2'), 'day')).toBeDefined();
      expect(readsTooMuch(TEXTS[name].replace('DATE(timestamp)', 'DATE(received_at)'), 'day')).toBeDefined();
    },
  );

  it.each(VIEWS.filter(([, { filter }]) => filter === undefined))(
    'without a filter to ask for has one itself: %s',
    (name) => {
      const without = TEXTS[name].replace(/timestamp >= .*/, 'TRUE');
      expect(readsTooMuch(without, undefined)).toBe('a table without a filter');
    },
  );
});
