import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { CustomerIOEventBus, type EventBusOptions } from '../../app/kafka/customerio-event-bus.ts';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import { BusError, type OutgoingRecord } from '../../app/kafka/port.ts';

type Send = (records: readonly OutgoingRecord[], call: number) => Promise<void> | void;

/** A bus that writes down what it is sent, and how many sends were under way at once. */
class ScriptedBus extends InMemoryBus {
  readonly rounds: (readonly OutgoingRecord[])[] = [];
  most = 0;
  #calls = 0;
  #inFlight = 0;
  readonly #script: Send;

  constructor(script: Send = () => undefined) {
    super();
    this.#script = script;
  }

  get values(): readonly unknown[] {
    return this.rounds.flat().map(({ value }) => value);
  }

  override async send(records: readonly OutgoingRecord[]): Promise<void> {
    this.#inFlight += 1;
    this.most = Math.max(this.most, this.#inFlight);
    try {
      await wait(1);
      await this.#script(records, this.#calls++);
      this.rounds.push(records);
    } finally {
      this.#inFlight -= 1;
    }
  }
}

const of = (key: string, value: string, topic = 'track'): OutgoingRecord => ({ topic, key, value });
const busOf = (bus: ScriptedBus, more: Partial<EventBusOptions> = {}): CustomerIOEventBus =>
  new CustomerIOEventBus({ bus, instance: 'i1', retryMs: 5, ...more });

const unavailable = (): never => {
  throw new BusError('unavailable', 'away');
};
const refused = (): never => {
  throw new BusError('authentication_failed', 'refused');
};
const tooLarge = (): never => {
  throw new BusError('message_too_large', 'large');
};

describe('CustomerIOEventBus', () => {
  it('has one send in flight, gathers the rest, and numbers the rounds in a header', async () => {
    const scripted = new ScriptedBus();
    const bus = busOf(scripted);
    const first = [bus.publish([of('a', '1')]), bus.publish([of('b', '2')])];
    await wait(0);
    const second = bus.publish([of('c', '3')]);
    await Promise.all([...first, second]);
    expect(scripted.most).toBe(1);
    expect(scripted.rounds.map((round) => round.map(({ value }) => value))).toEqual([['1', '2'], ['3']]);
    expect(scripted.rounds.flat().map(({ headers }) => headers?.['cio-round'])).toEqual([
      'i1:0',
      'i1:0',
      'i1:1',
    ]);
    expect(bus.waitingBytes).toBe(0);
  });

  it('makes a person wait for the next round when the topic changes', async () => {
    const scripted = new ScriptedBus();
    await busOf(scripted).publish([of('a', '1', 'identify'), of('a', '2', 'track'), of('b', '3', 'track')]);
    expect(scripted.rounds.map((round) => round.map(({ value }) => value))).toEqual([['1', '3'], ['2']]);
  });

  it('keeps headers that a record brings', async () => {
    const scripted = new ScriptedBus();
    await busOf(scripted).publish([{ ...of('a', '1'), headers: { traceparent: 't' } }]);
    expect(scripted.rounds.flat()).toMatchObject([{ headers: { traceparent: 't', 'cio-round': 'i1:0' } }]);
  });

  it('writes again after a failure, in order, before what came later', async () => {
    const heard: BusError[] = [];
    const scripted = new ScriptedBus((_records, call) => (call < 3 ? unavailable() : undefined));
    const bus = busOf(scripted, { onRetry: (error) => heard.push(error) });
    const first = bus.publish([of('a', '1'), of('a', '2')]);
    await wait(3);
    await Promise.all([first, bus.publish([of('a', '3'), of('a', '4', 'identify')])]);
    expect(scripted.values).toEqual(['1', '2', '3', '4']);
    expect(heard.map(({ code }) => code)).toEqual(['unavailable', 'unavailable', 'unavailable']);
  });

  it('writes again once a credential that was refused is a good one', async () => {
    const scripted = new ScriptedBus((_records, call) => (call < 2 ? refused() : undefined));
    await busOf(scripted).publish([of('a', '1')]);
    expect(scripted.values).toEqual(['1']);
  });

  it('gives up waiting with a retryable error, and does not write what nobody waits for', async () => {
    let away = true;
    const scripted = new ScriptedBus(() => (away ? unavailable() : undefined));
    const bus = busOf(scripted, { waitMs: 40 });
    const fault = await bus.publish([of('a', '1')]).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'unavailable', retryable: true });
    expect(bus.waitingBytes).toBe(0);
    // A round that was under way ends first.
    await wait(30);
    away = false;
    await bus.publish([of('a', '2')]);
    expect(scripted.values).toEqual(['2']);
  });

  it('rejects only the record that is too large', async () => {
    const scripted = new ScriptedBus((records) =>
      records.some(({ value }) => value === 'large') ? tooLarge() : undefined,
    );
    const bus = busOf(scripted);
    const values = ['1', '2', 'large', '3', '4'];
    const results = await Promise.allSettled(values.map((value) => bus.publish([of('a', value)])));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(scripted.values).toEqual(['1', '2', '3', '4']);
  });

  it('keeps the order when halving around a large record meets a failure', async () => {
    const scripted = new ScriptedBus((records, call) => {
      if (records.some(({ value }) => value === 'large')) return tooLarge();
      return call === 1 ? unavailable() : undefined;
    });
    const bus = busOf(scripted);
    const values = ['1', '2', '3', 'large', '4', '5'];
    await Promise.allSettled(values.map((value) => bus.publish([of('a', value)])));
    expect(scripted.values).toEqual(['1', '2', '3', '4', '5']);
  });

  it('takes as many records at once as a request can hold', async () => {
    const scripted = new ScriptedBus();
    const { setTimeout: real } = globalThis;
    // A request that failed here would leave its timer behind.
    Object.assign(globalThis, { setTimeout: (...args: Parameters<typeof real>) => real(...args).unref() });
    const bus = busOf(scripted, { waitMs: 2 ** 31 - 1 });
    try {
      await bus.publish(Array.from({ length: 250_000 }, (_none, index) => of(`k${index}`, '')));
    } finally {
      Object.assign(globalThis, { setTimeout: real });
    }
    expect(scripted.values).toHaveLength(250_000);
    expect(bus.waitingBytes).toBe(0);
  });

  it('waits for the rounds under way when it closes', async () => {
    const scripted = new ScriptedBus();
    const bus = busOf(scripted);
    const published = bus.publish([of('a', '1')]);
    await bus.close();
    await published;
    expect(scripted.values).toEqual(['1']);
  });

  it('publishes nothing at once', async () => {
    await busOf(new ScriptedBus(unavailable)).publish([]);
  });
});
