import { atExit } from './at-exit.ts';
import type { Logger } from './logger.ts';

/** A line that may be left out. */
export interface LimitedLine {
  readonly level: keyof Logger;
  /** Made only for a line that is written. */
  readonly fields: () => object;
  readonly event: string;
}

/** The lines of one key since one was written. */
interface Recent {
  writtenAt: number;
  omitted: number;
  /** The last one that was left out. */
  latest: LimitedLine | undefined;
}

const EVERY_MS = 1_000;
/** More keys than these at a time share one. */
const KEYS = 100;
const OTHERS = Symbol('all other keys');

/**
 * Lines that anybody can provoke: at most one a second for each key. The first is written at once; of those in the second
 * after it only the last is written, at the second’s end or when the process exits. The field `omitted` of a line is the number
 * of lines of its key that were left out before it, so lines and `omitted` add up to what happened.
 *
 * A hundred keys are told apart at a time; the lines of all others share one more. A logger that fails does not end the process:
 * the failure is a warning of the process.
 *
 * @param now milliseconds of a clock that only goes forward
 * @returns takes a line and its key, such as the code of a refusal and its source
 * @example
 * const limited = limitedLog(logger);
 * limited(`${code} ${source}`, { level: 'warn', fields: () => ({ code, source }), event: 'request.refused' });
 */
export const limitedLog = (
  logger: Logger,
  now: () => number = () => performance.now(),
): ((key: string, line: LimitedLine) => void) => {
  const recents = new Map<string | symbol, Recent>();

  const write = (recent: Recent, { level, fields, event }: LimitedLine): void => {
    const { omitted } = recent;
    Object.assign(recent, { writtenAt: now(), omitted: 0, latest: undefined });
    try {
      logger[level](omitted > 0 ? { ...fields(), omitted } : fields(), event);
    } catch (error) {
      process.emitWarning(`a line ${event} is not logged: ${String(error)}`);
    }
  };

  const writeLatest = (recent: Recent): void => {
    if (recent.latest === undefined) return;
    recent.omitted -= 1;
    write(recent, recent.latest);
  };

  /** Writes what was left out of the keys whose second is over, and forgets the keys of which nothing was. */
  const sweep = (): void => {
    let next = Number.POSITIVE_INFINITY;
    for (const [key, recent] of recents) {
      const isOver = now() - recent.writtenAt >= EVERY_MS;
      if (isOver && recent.latest === undefined) {
        recents.delete(key);
        continue;
      }
      if (isOver) writeLatest(recent);
      next = Math.min(next, recent.writtenAt + EVERY_MS);
    }
    if (recents.size > 0) setTimeout(sweep, Math.ceil(next - now())).unref();
  };

  atExit(() => recents.forEach(writeLatest));

  return (key, line) => {
    const known = recents.has(key) || recents.size < KEYS ? key : OTHERS;
    const recent = recents.get(known);
    if (recent === undefined) {
      const first: Recent = { writtenAt: now(), omitted: 0, latest: undefined };
      if (recents.size === 0) setTimeout(sweep, EVERY_MS).unref();
      recents.set(known, first);
      write(first, line);
    } else if (now() - recent.writtenAt >= EVERY_MS) {
      write(recent, line);
    } else {
      recent.omitted += 1;
      recent.latest = line;
    }
  };
};
