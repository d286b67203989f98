import { describe, expect, it } from '@jest/globals';
import { Gate } from '../../app/delivery/engine/gate.ts';
import { ManualClock } from './manual-clock.ts';

const never = new AbortController().signal;
const hold = { kind: 'hold', code: 'unauthorized' } as const;
const delivered = { kind: 'delivered', refusals: [] } as const;
const retry = { kind: 'retry', waitMs: 0, everyLane: false } as const;

const gateOf = (clock: ManualClock): Gate => new Gate(clock, { firstMs: 5000, mostMs: 15_000 });

/** Lets `count` lanes pass and tells how many have. */
const lanes = (gate: Gate, count: number): { passed: number } => {
  const state = { passed: 0 };
  for (let lane = 0; lane < count; lane += 1) {
    gate.pass(never).then(
      () => {
        state.passed += 1;
      },
      () => undefined,
    );
  }
  return state;
};

describe('Gate', () => {
  it('is open at first', async () => {
    await gateOf(new ManualClock()).pass(never);
  });

  it('keeps every lane for as long as a pause lasts, the longest counting', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    gate.pause(3000);
    gate.pause(1000);
    const state = lanes(gate, 3);
    await clock.advance(2999);
    expect(state.passed).toBe(0);
    await clock.advance(1);
    expect(state.passed).toBe(3);
  });

  it('lets one probe through a hold, and all when it succeeds', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    gate.answered(hold);
    expect(gate.heldFor).toBe('unauthorized');
    const state = lanes(gate, 4);
    await clock.advance(4999);
    expect(state.passed).toBe(0);
    await clock.advance(1);
    expect(state.passed).toBe(1);
    await clock.advance(60_000);
    expect(state.passed).toBe(1);
    gate.answered(delivered);
    expect(gate.heldFor).toBeUndefined();
    await clock.advance(1000);
    expect(state.passed).toBe(4);
  });

  it('probes more slowly while it is refused, up to a bound', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    gate.answered(hold);
    for (const waitMs of [5000, 10_000, 15_000, 15_000]) {
      const state = lanes(gate, 1);
      await clock.advance(waitMs - 1);
      expect(state.passed).toBe(0);
      await clock.advance(1);
      expect(state.passed).toBe(1);
      gate.answered(hold);
    }
  });

  it('does not wait longer because other lanes were refused at the same time', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    for (let lane = 0; lane < 6; lane += 1) gate.answered(hold);
    const state = lanes(gate, 1);
    await clock.advance(5000);
    expect(state.passed).toBe(1);
  });

  it('stays held when a probe meets an outage, and probes again', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    gate.answered(hold);
    const state = lanes(gate, 2);
    await clock.advance(5000);
    gate.answered(retry);
    expect(gate.heldFor).toBe('unauthorized');
    await clock.advance(5000);
    expect(state.passed).toBe(2);
  });

  it('lets go of who waits when its signal aborts', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    gate.pause(60_000);
    const controller = new AbortController();
    const passing = gate.pass(controller.signal);
    controller.abort();
    await passing;
  });

  it('is closed while there is no credential, for as long as that lasts, and opens at once', async () => {
    const clock = new ManualClock();
    let isSet = false;
    const gate = new Gate(clock, { firstMs: 5000, mostMs: 15_000 }, () => isSet);
    expect(gate.heldFor).toBe('credential_unset');
    const state = lanes(gate, 3);
    await clock.advance(3_600_000);
    expect(state.passed).toBe(0);
    isSet = true;
    gate.credentialChanged();
    await clock.advance(0);
    expect(state.passed).toBe(3);
    expect(gate.heldFor).toBeUndefined();
  });

  it('looks about once a second while it waits for a credential, also when nobody tells', async () => {
    const clock = new ManualClock();
    let looks = 0;
    const gate = new Gate(clock, { firstMs: 5000, mostMs: 15_000 }, () => {
      looks += 1;
      return looks > 60;
    });
    const state = lanes(gate, 1);
    await clock.advance(59_000);
    expect([looks, state.passed]).toEqual([60, 0]);
    await clock.advance(1000);
    expect(state.passed).toBe(1);
  });

  it('probes at once when the credential changed, by one lane, and waits anew when that is refused', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    gate.answered(hold);
    const state = lanes(gate, 4);
    await clock.advance(5000);
    gate.answered(hold);
    await clock.advance(100);
    expect(state.passed).toBe(1);
    gate.credentialChanged();
    await clock.advance(0);
    expect(state.passed).toBe(2);
    expect(gate.heldFor).toBe('unauthorized');
    gate.answered(hold);
    await clock.advance(9999);
    expect(state.passed).toBe(2);
    await clock.advance(1);
    expect(state.passed).toBe(3);
  });

  it('keeps a pause although the credential changed', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    gate.pause(3000);
    const state = lanes(gate, 1);
    await clock.advance(1000);
    gate.credentialChanged();
    await clock.advance(1999);
    expect(state.passed).toBe(0);
    await clock.advance(1);
    expect(state.passed).toBe(1);
  });

  it('makes nothing of an answer to an older credential', async () => {
    const clock = new ManualClock();
    const gate = gateOf(clock);
    const old = await gate.pass(never);
    gate.credentialChanged();
    gate.answered(hold, old);
    expect(gate.heldFor).toBeUndefined();
    const fresh = await gate.pass(never);
    gate.answered(hold, fresh);
    expect(gate.heldFor).toBe('unauthorized');
    gate.answered(delivered, old);
    expect(gate.heldFor).toBe('unauthorized');
  });

  it('lets go of who waits for a credential when its signal aborts', async () => {
    const gate = new Gate(new ManualClock(), { firstMs: 5000, mostMs: 15_000 }, () => false);
    const controller = new AbortController();
    const passing = gate.pass(controller.signal);
    controller.abort();
    await passing;
  });
});
