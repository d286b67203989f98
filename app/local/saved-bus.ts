import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InMemoryBus } from '../kafka/in-memory-bus.ts';

const FILE = 'bus.jsonl';

/** Where the in-memory bus outlives a stop. */
export interface SavedBus {
  /** Takes up what an earlier stop left; tells whether there was anything. The file is gone then. */
  load(bus: InMemoryBus): boolean;
  /** Writes what the bus holds: whole or not at all. */
  save(bus: InMemoryBus): void;
}

/**
 * Keeps the in-memory bus in a folder between stop and start.
 *
 * @example savedBus('.cio-local').load(bus)
 */
export const savedBus = (folder: string): SavedBus => {
  const file = join(folder, FILE);
  return {
    load: (bus) => {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        if (Error.isError(error) && 'code' in error && error.code === 'ENOENT') return false;
        throw error;
      }
      bus.restore(text);
      rmSync(file);
      return true;
    },
    save: (bus) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${file}.new`, bus.snapshot());
      renameSync(`${file}.new`, file);
    },
  };
};
