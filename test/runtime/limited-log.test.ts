import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type LimitedLine, limitedLog } from '../../app/runtime/limited-log.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const FOLDER = join(import.meta.dirname, '../../app/runtime');

let logger: RecordingLogger;
let limited: (key: string, line: LimitedLine) => void;

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  logger = new RecordingLogger();
  limited = limitedLog(logger, jest.now);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const refuse = (code: string, n: number): void =>
  limited(code, { level: 'warn', fields: () => ({ code, n }), event: 'request.refused' });

const written = (): object[] => logger.lines.map(({ fields }) => fields);

/** What happened, as far as the lines tell. */
const told = (): number =>
  logger.lines.reduce((sum, { fields }) => sum + 1 + Number(fields['omitted'] ?? 0), 0);

describe('limitedLog', () => {
  it('writes the first line at once and as it is', () => {
    refuse('slow', 1);
    expect(logger.lines).toEqual([
      { level: 'warn', event: 'request.refused', fields: { code: 'slow', n: 1 } },
    ]);
  });

  it('writes the last line of a second at its end, with the number of those left out', () => {
    for (let n = 1; n <= 10_000; n += 1) refuse('slow', n);
    expect(logger.lines).toHaveLength(1);
    jest.advanceTimersByTime(999);
    expect(logger.lines).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(written()).toEqual([
      { code: 'slow', n: 1 },
      { code: 'slow', n: 10_000, omitted: 9_998 },
    ]);
    expect(told()).toBe(10_000);
  });

  it('limits each key by itself', () => {
    for (const n of [1, 2, 3]) {
      refuse('slow', n);
      refuse('full', n);
      jest.advanceTimersByTime(300);
    }
    jest.advanceTimersByTime(1_000);
    expect(written()).toEqual([
      { code: 'slow', n: 1 },
      { code: 'full', n: 1 },
      { code: 'slow', n: 3, omitted: 1 },
      { code: 'full', n: 3, omitted: 1 },
    ]);
  });

  it('writes at most one line a second of a key, at whatever times they come, and counts all', () => {
    const at: number[] = [];
    jest.spyOn(logger, 'warn').mockImplementation((fields, event) => {
      at.push(jest.now());
      logger.lines.push({ level: 'warn', event, fields: { ...fields } });
    });
    const pauses = [0, 900, 150, 1, 1, 949, 998, 2, 3_000, 0, 0, 1_000, 999, 1, 1];
    for (const [n, pause] of pauses.entries()) {
      jest.advanceTimersByTime(pause);
      refuse('slow', n);
    }
    jest.advanceTimersByTime(2_000);
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    expect(told()).toBe(pauses.length);
  });

  it('writes a line after a silence at once, and says of none that it was left out', () => {
    refuse('slow', 1);
    jest.advanceTimersByTime(1_000);
    refuse('slow', 2);
    expect(written()).toEqual([
      { code: 'slow', n: 1 },
      { code: 'slow', n: 2 },
    ]);
  });

  it('says with a line how many were left out before it, where the event loop was held up at the end of their second', () => {
    let now = 0;
    limited = limitedLog(logger, () => now);
    for (const n of [1, 2, 3]) refuse('slow', n);
    now = 5_000;
    refuse('slow', 4);
    expect(written()).toEqual([
      { code: 'slow', n: 1 },
      { code: 'slow', n: 4, omitted: 2 },
    ]);
  });

  it('makes the fields of the written lines only', () => {
    const fields = jest.fn(() => ({}));
    for (let n = 0; n < 1_000; n += 1) limited('slow', { level: 'warn', fields, event: 'request.refused' });
    jest.advanceTimersByTime(10_000);
    expect(fields).toHaveBeenCalledTimes(2);
  });

  it('tells a hundred keys apart, and lets the others share one, so that keys of a sender’s choice neither fill memory nor the log', () => {
    for (let n = 0; n < 10_000; n += 1) refuse(`code-${n}`, n);
    expect(logger.lines).toHaveLength(101);
    jest.advanceTimersByTime(1_000);
    expect(logger.lines).toHaveLength(102);
    expect(told()).toBe(10_000);
  });

  it('forgets a key that was silent for a second, and then asks for no timer', () => {
    for (let n = 0; n < 100; n += 1) refuse(`code-${n}`, n);
    jest.advanceTimersByTime(1_000);
    expect(jest.getTimerCount()).toBe(0);
    refuse('new', 1);
    refuse('newer', 1);
    expect(logger.lines).toHaveLength(102);
  });

  it('does not end the process with a logger that fails, and warns of it', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    jest.spyOn(logger, 'warn').mockImplementation(() => {
      throw new Error('the disk is full');
    });
    refuse('slow', 1);
    refuse('slow', 2);
    jest.advanceTimersByTime(1_000);
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      'a line request.refused is not logged: Error: the disk is full',
      'a line request.refused is not logged: Error: the disk is full',
    ]);
  });
});

describe('limitedLog when the process ends', () => {
  it.each(['', 'process.exit(0)', "throw new Error('uncaught')"])(
    'by `%s`: it is not held up, and what was left out is written',
    async (end) => {
      const code = `import { createLogger } from ${JSON.stringify(join(FOLDER, 'logger.ts'))};
        import { limitedLog } from ${JSON.stringify(join(FOLDER, 'limited-log.ts'))};
        const limited = limitedLog(createLogger('ingest', 'info'));
        for (const n of [1, 2, 3]) limited('slow', { level: 'warn', fields: () => ({ n }), event: 'request.refused' });
        ${end};`;
      const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code];
      const ended = promisify(execFile)(process.execPath, args).catch((error: { stderr: string }) => error);
      const lines = (await ended).stderr.split('\n').filter((line) => line.startsWith('{'));
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        expect.objectContaining({ n: 1 }),
        expect.objectContaining({ n: 3, omitted: 1 }),
      ]);
    },
  );
});
