import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InMemoryBus } from '../kafka/in-memory-bus.ts';

const FILE = 'bus.jsonl';

const readIfThere = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (Error.isError(error) && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Where the in-memory bus outlives a stop. */
export interface SavedBus {
  /**
   * Takes up what an earlier stop left; tells whether there was anything. The file is kept under another name until the next
   * stop: a start that is cut short takes it up again, and what was delivered meanwhile is recognised.
   */
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
  const loaded = `${file}.loaded`;
  return {
    load: (bus) => {
      const text = readIfThere(file) ?? readIfThere(loaded);
      if (text === undefined) return false;
      bus.restore(text);
      if (existsSync(file)) renameSync(file, loaded);
      return true;
    },
    save: (bus) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${file}.new`, bus.snapshot());
      renameSync(`${file}.new`, file);
      rmSync(loaded, { force: true });
    },
  };
};
