import { describe, expect, it } from '@jest/globals';
import { sleep } from '../../app/runtime/clock.ts';

describe('sleep', () => {
  it('ends early when its signal aborts, before or during it', async () => {
    await sleep(60_000, AbortSignal.abort());
    const controller = new AbortController();
    const asleep = sleep(60_000, controller.signal);
    controller.abort();
    await asleep;
  });

  it('lasts as long as it is told', async () => {
    const before = performance.now();
    await sleep(30, new AbortController().signal);
    expect(performance.now() - before).toBeGreaterThan(25);
  });
});
