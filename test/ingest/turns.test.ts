import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Turns } from '../../app/ingest/turns.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
  jest.useRealTimers();
});

const turnsWith = (company: { present: boolean }): Turns =>
  new Turns({ now: () => Date.now(), hasCompany: () => company.present });

describe('turns', () => {
  it('never keep a source waiting that has no company', () => {
    const turns = turnsWith({ present: false });
    jest.setSystemTime(10);
    turns.leave('a', 0);
    expect(turns.enter('a')).toBeUndefined();
    expect(turns.isLong('a', 0)).toBe(false);
  });

  it('let others in after two milliseconds, and pause for three times as long as they were kept waiting', async () => {
    const turns = turnsWith({ present: true });
    jest.setSystemTime(1);
    expect(turns.isLong('a', 0)).toBe(false);
    jest.setSystemTime(4);
    expect(turns.isLong('a', 0)).toBe(true);
    turns.leave('a', 0);
    let entered = false;
    const turn = turns.enter('a')?.then(() => {
      entered = true;
    });
    expect(turns.enter('b')).toBeUndefined();
    await jest.advanceTimersByTimeAsync(11);
    expect(entered).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await turn;
    expect(entered).toBe(true);
  });

  it('let the requests of a source in one after the other, each after the pause that the one before it caused', async () => {
    const turns = turnsWith({ present: true });
    jest.setSystemTime(2);
    turns.leave('a', 0);
    const entered: number[] = [];
    const work = async (): Promise<void> => {
      await turns.enter('a');
      const startedAt = Date.now();
      entered.push(startedAt);
      jest.setSystemTime(startedAt + 2);
      turns.leave('a', startedAt);
    };
    const all = [work(), work(), work()];
    await jest.advanceTimersByTimeAsync(60);
    await Promise.all(all);
    expect(entered).toEqual([8, 16, 24]);
    await jest.advanceTimersByTimeAsync(60);
    expect(turns.enter('a')).toBeUndefined();
  });
});
