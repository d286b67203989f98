import { describe, expect, it } from '@jest/globals';
import { retryDelay } from '../../app/local/fake-customerio/reporting/retry-delay.ts';
import { Progress } from '../../app/pubsub/progress.ts';

const HOUR = 3_600_000;

const open = () => {
  const clock = { ms: 0 };
  const progress = new Progress(60_000, () => clock.ms);
  const failAt = (ms: number): boolean => {
    clock.ms = ms;
    progress.failed();
    return progress.stuck;
  };
  return { clock, progress, failAt };
};

describe('progress is stuck', () => {
  it('from the failure on that comes a minute after the first, with no success between them', () => {
    const { failAt } = open();
    expect([0, 30_000, 59_999, 60_000, 61_000].map(failAt)).toEqual([false, false, false, true, true]);
  });

  it('until a success, from which on it is counted anew', () => {
    const { progress, failAt } = open();
    failAt(0);
    expect(failAt(60_000)).toBe(true);
    progress.succeeded();
    expect(progress.stuck).toBe(false);
    expect([61_000, 120_999, 121_000].map(failAt)).toEqual([false, false, true]);
  });

  it('for as long as Customer.io’s pauses grow while Pub/Sub is dead for good', () => {
    const { clock, progress, failAt } = open();
    const seen: (readonly [number, boolean, boolean])[] = [];
    let delay = 0;
    for (let at = 0; at < 24 * HOUR; at += delay) {
      const now = failAt(at);
      delay = retryDelay({ kind: 'answered', status: 503 }, delay);
      clock.ms = at + delay - 1;
      seen.push([at, now, progress.stuck]);
    }
    expect(seen.length).toBeGreaterThan(10);
    // Before the next try it is what it was after the last.
    expect(seen).toEqual(seen.map(([at]) => [at, at >= 60_000, at >= 60_000]));
  });

  it('never by time alone after one failure, nor when the next try succeeds', () => {
    const { clock, progress, failAt } = open();
    failAt(0);
    clock.ms = HOUR;
    expect(progress.stuck).toBe(false);
    progress.succeeded();
    expect(failAt(2 * HOUR)).toBe(false);
  });
});
