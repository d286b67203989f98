import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OffsetLedger } from '../../app/delivery/engine/offset-ledger.ts';

const positionOf = (added: readonly number[], settled: ReadonlySet<number>): number | undefined => {
  const open = added.findIndex((offset) => !settled.has(offset));
  const last = added[(open === -1 ? added.length : open) - 1];
  return last === undefined ? undefined : last + 1;
};

describe('OffsetLedger', () => {
  it('is what a naive model says, whatever the order of settling', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.double({ noNaN: true })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(gaps, fc.nat({ max: 60 }), (steps, batch) => {
        const ledger = new OffsetLedger();
        let offset = 0;
        const all = steps.map(([gap, rank]) => {
          offset += gap;
          return { offset, rank };
        });
        const offsets = all.map((one) => one.offset);
        const added = offsets.slice(0, batch);
        const settled = new Set<number>();
        for (const one of added) ledger.add(one);
        const order = all.toSorted((one, other) => one.rank - other.rank).map((one) => one.offset);
        const settle = (one: number): void => {
          ledger.settle(one);
          settled.add(one);
          expect(ledger.position).toBe(positionOf(added, settled));
          expect(ledger.unsettled).toBe(added.length - settled.size);
        };
        for (const one of order.filter((each) => added.includes(each))) settle(one);
        const rest = offsets.slice(batch);
        for (const one of rest) {
          ledger.add(one);
          added.push(one);
        }
        for (const one of order.filter((each) => rest.includes(each))) settle(one);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it('stays right over many records', () => {
    const ledger = new OffsetLedger();
    for (let offset = 0; offset < 20_000; offset += 1) ledger.add(offset);
    for (let offset = 0; offset < 20_000; offset += 2) ledger.settle(offset);
    expect(ledger.position).toBe(1);
    for (let offset = 1; offset < 20_000; offset += 2) ledger.settle(offset);
    expect([ledger.position, ledger.unsettled]).toEqual([20_000, 0]);
  });
});
