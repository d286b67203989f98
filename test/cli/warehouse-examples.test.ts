import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runFile } from '../support/child.ts';
import { missingDayFilters } from '../support/missing-day-filters.ts';
import { type WarehouseWorld, warehouseWorld } from '../warehouse/warehouse-world.ts';

const LIMIT_MS = 60_000;
const EXAMPLE = /warehouse query \\\n\s*'([^']*)'/g;

describe('the examples of cio-platform warehouse query --help', () => {
  let world: WarehouseWorld;
  let examples: readonly string[];

  beforeAll(async () => {
    world = await warehouseWorld();
    const { output } = await runFile('app/cli/main.ts', ['warehouse', 'query', '--help'], {});
    examples = [...output.matchAll(EXAMPLE)].map(([, sql = '']) => sql);
  }, LIMIT_MS);
  afterAll(() => world.close());

  it('are several, with the filter on the day that BigQuery demands', () => {
    expect(examples.length).toBeGreaterThan(2);
    expect(examples.flatMap(missingDayFilters)).toEqual([]);
  });

  it(
    'are answered by the local warehouse',
    async () => {
      for (const sql of examples) expect(await world.query(sql)).toEqual([]);
    },
    LIMIT_MS,
  );
});
