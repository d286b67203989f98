import { describe, expect, it } from '@jest/globals';
import { repeatWithin } from '../../app/pubsub/repeat-within.ts';

const passing = new Error('passing');
const lasting = new Error('lasting');

/** A try is what it takes, in milliseconds, and what it fails with, if it does; the last goes on for ever. */
type Try = readonly [number, Error?];

const run = async (ms: number, ...script: readonly Try[]) => {
  const clock = { ms: 0 };
  const given: number[] = [];
  const pauses: number[] = [];
  const attempt = async (leftMs: number): Promise<string> => {
    const [takes, fault] = script[Math.min(given.length, script.length - 1)] ?? [0];
    given.push(leftMs);
    clock.ms += Math.min(takes, leftMs);
    // As gRPC does: what takes all its time is cut.
    if (takes > leftMs) throw lasting;
    if (fault !== undefined) throw fault;
    return 'done';
  };
  const sleep = async (pause: number): Promise<void> => {
    pauses.push(pause);
    clock.ms += pause;
  };
  const isPassing = (error: unknown): boolean => error === passing;
  const result = await repeatWithin(ms, attempt, { isPassing, now: () => clock.ms, sleep }).catch(
    (error: unknown) => error,
  );
  return { result, given, pauses, endedAt: clock.ms };
};

describe('repeatWithin', () => {
  it('gives the first try all the time, so that what is slow is waited for and not asked twice', async () => {
    expect(await run(2_350, [2_300])).toMatchObject({ result: 'done', given: [2_350], endedAt: 2_300 });
    expect(await run(2_350, [2_700])).toMatchObject({ result: lasting, given: [2_350], endedAt: 2_350 });
  });

  it('repeats what fails early, and gives the next try all that is left', async () => {
    const { result, given, pauses } = await run(2_350, [20, passing], [5, passing], [1_500]);
    expect(result).toBe('done');
    const [first = 0, second = 0] = pauses;
    expect(pauses).toHaveLength(2);
    expect(given).toHaveLength(3);
    expect(given[1]).toBeCloseTo(2_330 - first);
    expect(given[2]).toBeCloseTo(2_325 - first - second);
  });

  it('never repeats a fault that will not pass', async () => {
    expect(await run(2_350, [5, lasting])).toMatchObject({ result: lasting, given: [2_350], endedAt: 5 });
  });

  it('ends in time with the last fault, with pauses that grow to 0.4 s, and no try too short to be answered', async () => {
    const { result, given, pauses, endedAt } = await run(2_350, [1, passing]);
    expect(result).toBe(passing);
    expect(endedAt).toBeLessThanOrEqual(2_350);
    expect(pauses.every((pause, index) => pause <= Math.min(50 * 2 ** index, 400))).toBe(true);
    expect(Math.min(...given)).toBeGreaterThanOrEqual(100);
    expect(given.length).toBeGreaterThan(4);
  });
});
