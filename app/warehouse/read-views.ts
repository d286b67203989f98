import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WAREHOUSE_VIEWS, type WarehouseViewName } from '../contract/warehouse-views/warehouse-views.ts';

const FOLDER = join(import.meta.dirname, '../contract/warehouse-views');

/** The text of each view's file, by the view's name. */
export const readViews = (): Readonly<Record<WarehouseViewName, string>> => {
  const names = Object.keys(WAREHOUSE_VIEWS) as WarehouseViewName[];
  const texts = names.map((name) => [name, readFileSync(join(FOLDER, `${name}.sql`), 'utf8')]);
  return Object.fromEntries(texts) as Record<WarehouseViewName, string>;
};
