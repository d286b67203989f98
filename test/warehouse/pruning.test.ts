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
 * What a view reads beside the rows that it is asked for: at most what it looks up in these columns, which are narrow beside
 * `raw`, `content` and `headers`, and joins to them from the right, so that the filter may still be applied on the left.
 */
const readsBeside = (sql: string, reads: number): string | undefined => {
  const lookUps = [
    ...sql.matchAll(/LEFT JOIN \(\s*SELECT\s+([\w\s,]+?)\s+FROM\s+`[^`]+`\s+WHERE timestamp >= TIMESTAMP/g),
  ].map(([, listed = '']) => listed.split(',').map((column) => column.trim().split(' ')[0]));
  const narrow = ['delivery_id', 'metric', 'timestamp'];
  if (!lookUps.flat().every((column) => narrow.includes(column ?? ''))) return 'wide columns of every day';
  return reads - lookUps.length === 1 ? undefined : 'a table without a filter';
};

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
  if (filter === 'timestamp') return groups === 0 ? readsBeside(sql, reads) : 'groups';
  return days === reads && groups === reads && groupedByDay === groups
    ? undefined
    : 'groups that are no days';
};

describe('a view', () => {
  it.each(VIEWS)('can be pruned by day: %s', (name, { filter }) => {
    expect(readsTooMuch(TEXTS[name], filter)).toBeUndefined();
  });

  it('of the deduplicated events compares rows within one time, and looks up what was told in narrow columns', () => {
    const text = TEXTS.delivery_events_deduplicated;
    expect(readsTooMuch(text.replace(', timestamp\n', '\n'), 'timestamp')).toBe(
      'a window over several times',
    );
    expect(readsTooMuch(text.replace(/PARTITION BY event_id.*\n/, ''), 'timestamp')).toBe(
      'a window of all rows',
    );
    expect(readsTooMuch(text.replace('metric AS told_metric', 'raw AS told_metric'), 'timestamp')).toBe(
      'wide columns of every day',
    );
    expect(readsTooMuch(text.replace(/WHERE timestamp >= .*\n/, 'WHERE TRUE\n'), 'timestamp')).toBe(
      'a table without a filter',
    );
    expect(readsTooMuch(text.replace('LEFT JOIN', 'FULL JOIN'), 'timestamp')).toBe(
      'a table without a filter',
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
