import { isUtf8 } from 'node:buffer';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '../contract/topics.ts';
import type { InMemoryBus } from '../kafka/in-memory-bus.ts';
import { codeOf } from '../runtime/config/code-of.ts';
import {
  damageFault,
  FILE_MODE,
  flushFolder,
  type KeptFile,
  KeptFileError,
  restrict,
  systemFault,
} from '../runtime/kept-file.ts';

const FILE = 'bus.jsonl';
const HOLDS = 'events kept from a stop to the next start';

const readIfThere = (file: KeptFile): string | undefined => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file.path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw systemFault(file, 'read', error);
  }
  if (bytes.length === 0) throw damageFault(file, 'it is empty');
  if (!isUtf8(bytes)) throw damageFault(file, 'it is no UTF-8 text');
  return bytes.toString();
};

/** What would be lost without a save. */
const lossOf = (bus: InMemoryBus): string => {
  const events = bus.waiting(TOPICS.identify.name) + bus.waiting(TOPICS.track.name);
  return `undelivered events: ${events}, dead letters: ${bus.waiting(TOPICS.dlq.name)}`;
};

/** Where the in-memory bus outlives a stop. */
export interface SavedBus {
  /**
   * Takes up what an earlier stop left; tells whether there was anything. The file is kept under another name until the next
   * stop: a start that is cut short takes it up again, and what was delivered meanwhile is recognised.
   *
   * @throws KeptFileError when a file is damaged or cannot be read; it stays as it is
   */
  load(bus: InMemoryBus): boolean;
  /** Writes what the bus holds: whole or not at all. @throws KeptFileError, which counts what is lost */
  save(bus: InMemoryBus): void;
}

/**
 * Keeps the in-memory bus in a folder between stop and start.
 *
 * @param folder there already
 * @example savedBus('.cio-local').load(bus)
 */
export const savedBus = (folder: string): SavedBus => {
  const saved: KeptFile = { path: join(folder, FILE), holds: HOLDS };
  const loaded: KeptFile = { path: `${saved.path}.loaded`, holds: HOLDS };
  const fresh = `${saved.path}.new`;
  const restore = (bus: InMemoryBus, file: KeptFile): boolean => {
    const text = readIfThere(file);
    if (text === undefined) return false;
    try {
      bus.restore(text);
    } catch (error) {
      throw damageFault(file, Error.isError(error) ? error.message : String(error), error);
    }
    return true;
  };
  return {
    load: (bus) => {
      if (!restore(bus, saved)) return restore(bus, loaded);
      try {
        renameSync(saved.path, loaded.path);
        restrict(loaded.path, FILE_MODE);
      } catch (error) {
        throw systemFault(saved, 'renamed', error);
      }
      return true;
    },
    save: (bus) => {
      try {
        rmSync(fresh, { force: true });
        writeFileSync(fresh, bus.snapshot(), { mode: FILE_MODE, flag: 'wx', flush: true });
        renameSync(fresh, saved.path);
        rmSync(loaded.path, { force: true });
        flushFolder(folder);
      } catch (error) {
        const { message } = systemFault(saved, 'written', error);
        throw new KeptFileError(`${message}; not saved are ${lossOf(bus)}`, { cause: error });
      } finally {
        rmSync(fresh, { force: true });
      }
    },
  };
};
