import { mkdirSync, writeFileSync } from 'node:fs';
import { environmentStacks } from './reference/environments.ts';

/** Where the reviewed JSON of each environment's stack is kept. */
export const SNAPSHOTS = `${import.meta.dirname}/../test/fixtures/environments`;

if (import.meta.main) {
  mkdirSync(SNAPSHOTS, { recursive: true });
  for (const [name, json] of environmentStacks()) writeFileSync(`${SNAPSHOTS}/${name}.json`, `${json}\n`);
}
