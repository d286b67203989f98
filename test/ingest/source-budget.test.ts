import { describe, expect, it } from '@jest/globals';
import { AskedSources } from '../../app/ingest/asked-sources.ts';
import { SourceBudget } from '../../app/ingest/source-budget.ts';

const budget = (isAlone = false) => new SourceBudget({ bytes: 100, hasCompany: () => !isAlone });

describe('the budget of sources', () => {
  it('gives a source half while others are about, and all of it otherwise', () => {
    const shared = budget();
    expect(shared.take('a', 50)).toBe(true);
    expect(shared.take('a', 1)).toBe(false);
    expect(shared.take('b', 50)).toBe(true);
    const alone = budget(true);
    expect(alone.take('a', 100)).toBe(true);
    expect(alone.take('a', 1)).toBe(false);
  });

  it('never gives more than there is', () => {
    const shared = budget();
    shared.take('a', 50);
    shared.take('b', 40);
    expect(shared.take('c', 11)).toBe(false);
    shared.give('a', 1);
    expect(shared.take('c', 11)).toBe(true);
  });

  it('lets a source wait its turn, and only for its own bytes', async () => {
    const shared = budget();
    shared.take('a', 50);
    const order: string[] = [];
    const first = shared.wait('a', 30, 10_000).then((granted) => order.push(`first ${granted}`));
    const second = shared.wait('a', 5, 10_000).then((granted) => order.push(`second ${granted}`));
    expect(await shared.wait('b', 50, 10_000)).toBe(true);
    shared.give('a', 10);
    await Promise.resolve();
    expect(order).toEqual([]);
    shared.give('a', 40);
    shared.give('b', 50);
    await Promise.all([first, second]);
    expect(order).toEqual(['first true', 'second true']);
  });

  it('gives up when the time is over, and lets the next one through', async () => {
    const shared = budget();
    shared.take('a', 50);
    expect(await shared.wait('a', 30, 1)).toBe(false);
    shared.give('a', 10);
    expect(await shared.wait('a', 10, 1)).toBe(true);
  });

  it('counts as one the bytes that a reader takes and gives', () => {
    const shared = budget();
    const bytes = shared.of('a');
    expect(bytes.take(50)).toBe(true);
    expect(bytes.take(1)).toBe(false);
    bytes.give(50);
    expect(shared.take('a', 50)).toBe(true);
  });
});

describe('the sources that asked', () => {
  it('are told apart, however many they are', () => {
    const asked = new AskedSources();
    expect(asked.otherThan('a')).toBe(Number.NEGATIVE_INFINITY);
    asked.began('a', 1);
    expect(asked.otherThan('a')).toBe(Number.NEGATIVE_INFINITY);
    expect(asked.otherThan('b')).toBe(1);
    asked.began('b', 2);
    asked.began('c', 3);
    asked.began('c', 4);
    expect([asked.otherThan('a'), asked.otherThan('b'), asked.otherThan('c')]).toEqual([4, 4, 2]);
  });

  it('are about as long as one of their requests is under way', () => {
    const asked = new AskedSources();
    asked.began('a', 1);
    expect([asked.isAnotherUnderWay('a'), asked.isAnotherUnderWay('b')]).toEqual([false, true]);
    asked.began('b', 2);
    asked.began('b', 3);
    asked.ended('b');
    expect(asked.isAnotherUnderWay('a')).toBe(true);
    asked.ended('b');
    expect(asked.isAnotherUnderWay('a')).toBe(false);
  });
});
