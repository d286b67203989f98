import { describe, expect, it } from '@jest/globals';
import { atMostEvery } from '../../app/runtime/at-most-every.ts';

describe('atMostEvery', () => {
  it('does the work once in its time, and lets who asks meanwhile wait for it', async () => {
    let now = 0;
    const underWay: (() => void)[] = [];
    const work = (): Promise<void> => new Promise((resolve) => underWay.push(resolve));
    const ask = atMostEvery(100, work, () => now);
    const asked = [ask(), ask()];
    expect(underWay).toHaveLength(1);
    expect(await Promise.race([asked[1], Promise.resolve('waits')])).toBe('waits');
    underWay[0]?.();
    await Promise.all(asked);
    now = 99;
    await ask();
    expect(underWay).toHaveLength(1);
    now = 100;
    void ask();
    expect(underWay).toHaveLength(2);
  });
});
