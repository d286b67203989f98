import { describe, expect, it } from '@jest/globals';
import { ATTACKS } from '../../tools/attacks/attacks.ts';
import { underAttack } from '../../tools/attacks/under-attack.ts';

const MEMORY_MIB = 512;
const MOST_RSS_MB = 400;

describe('an ingest with 512 MiB', () => {
  it.each(Object.keys(ATTACKS))(
    'stays below 400 MB and serves the other sources while it is attacked: %s',
    async (name) => {
      const damage = await underAttack(name, { memoryMib: MEMORY_MIB, clients: 4, ms: 1_000 });
      expect(damage.isAlive).toBe(true);
      expect(damage.peakRssMb).toBeLessThan(MOST_RSS_MB);
      expect(Object.keys(damage.attacked.statuses)).toEqual(['200']);
    },
    60_000,
  );
});
