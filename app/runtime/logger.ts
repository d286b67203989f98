import { pino } from 'pino';
import { afterTurn } from './after-turn.ts';
import { isoTime } from './iso-time.ts';

/** What the platform asks of a logger: a wide object and a short name of what happened. */
export interface Logger {
  debug(fields: object, event: string): void;
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}

const SEVERITY: Readonly<Record<string, string>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
};

/** Writes the lines of one turn of the event loop together: under load a write for every line costs more than the line. */
const standardError = () => {
  const file = pino.destination({ fd: 2, sync: true });
  return { write: afterTurn((lines: readonly string[]) => file.write(lines.join(''))) };
};

/**
 * A JSON logger to standard error, in Cloud Logging's field names (`severity`, `message`, `time`).
 *
 * @param role who speaks; stands in every line
 * @param level the least level that is written
 * @example createLogger('ingest', 'info').info({ accepted: 3 }, 'event.accepted')
 */
export const createLogger = (role: string, level: string): Logger =>
  pino(
    {
      level,
      base: { role },
      messageKey: 'message',
      formatters: { level: (label) => ({ severity: SEVERITY[label] ?? label.toUpperCase() }) },
      timestamp: () => `,"time":"${isoTime(Date.now())}"`,
    },
    standardError(),
  );

/** A logger that says nothing. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
