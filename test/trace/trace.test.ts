import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEAD_LETTER_HEADERS } from '../../app/contract/dead-letter.ts';
import { HEADERS } from '../../app/contract/record.ts';
import { eventIdOf } from '../../app/local/event-id-of.ts';
import { trace } from '../../app/trace/trace.ts';
import { type TraceAnswer, traceAnswer } from '../../app/trace/trace-answer.ts';
import { ID, iso, MINUTE, NOW, TraceStoresWorld } from './trace-world.ts';

const SECOND = 1_000;
const LIMITS = { since: NOW - 60 * MINUTE, max: 100_000, withinMs: 10_000, quietMs: 200 };

let world: TraceStoresWorld;
beforeEach(async () => {
  world = await new TraceStoresWorld().start();
});
afterEach(() => world.bus.close());

const traced = async (id: string): Promise<TraceAnswer> => {
  const { bus, warehouse } = world;
  return traceAnswer(id, LIMITS.since, await trace(id, { bus, warehouse, eventIdOf }, LIMITS, NOW));
};
const metricsOf = ({ steps }: TraceAnswer): readonly (string | undefined)[] =>
  steps.map(({ metric }) => metric);
const statesOf = ({ verdicts }: TraceAnswer): readonly string[] => verdicts.map(({ state }) => state);

describe('a trace', () => {
  it('puts the steps of one second in the order of a message’s life, whatever order the store has', async () => {
    await world.accept('m1');
    await world.processed(ID, 'delivered');
    for (const metric of [
      'bounced',
      'clicked',
      'new_one',
      'sent',
      'opened',
      'drafted',
      'delivered',
      'deferred',
    ]) {
      world.message(metric);
    }
    const answer = await traced('m1');
    expect(answer.steps.map(({ kind, metric }) => metric ?? kind)).toEqual([
      'accepted',
      'processed',
      'drafted',
      'sent',
      'delivered',
      'opened',
      'clicked',
      'new_one',
      'deferred',
      'bounced',
    ]);
  });

  it('keeps what is of another second in the order of time', async () => {
    world.message('bounced');
    world.at += SECOND;
    world.message('sent');
    expect(metricsOf(await traced('d1'))).toEqual(['bounced', 'sent']);
  });

  it.each(['bounced', 'dropped', 'failed', 'undeliverable', 'unsubscribed', 'spammed'])(
    'tells that a message %s in the second in which it was sent',
    async (metric) => {
      world.message(metric, { failure_message: 'the reason' });
      world.message('sent');
      const [verdict] = (await traced('d1')).verdicts;
      expect(verdict?.words).toMatch(
        new RegExp(`^the last that is known of the message: email ${metric}: the reason at`),
      );
    },
  );

  it('tells of a bounce that an open came after', async () => {
    world.message('bounced', { failure_message: '550 unknown' });
    world.at += MINUTE;
    world.message('opened');
    const [verdict] = (await traced('d1')).verdicts;
    expect(verdict?.words).toMatch(/email opened at .*; before that: email bounced: 550 unknown at 2026/);
  });

  it('does not take a failure that is tried again for the end', async () => {
    for (const metric of ['attempted', 'deferred']) world.message(metric);
    world.at += MINUTE;
    world.message('delivered');
    expect((await traced('d1')).verdicts[0]?.words).not.toContain('before that');
  });

  it.each(['w-sent', 'r-sent'])('finds by %s the webhook, and the event that it is about', async (id) => {
    await world.accept('m1');
    world.at += MINUTE;
    world.message('sent');
    world.message('opened');
    const answer = await traced(id);
    expect(answer.steps).toMatchObject([
      { kind: 'accepted', messageId: 'm1', eventId: ID },
      { metric: 'sent', webhookId: 'w-sent', correlationId: 'r-sent' },
      { metric: 'opened' },
    ]);
  });

  it('shows a webhook that came twice once', async () => {
    world.message('sent');
    world.message('sent', { correlation_id: 'again' });
    expect((await traced('d1')).steps).toHaveLength(1);
  });

  it('does not say that an event waits whose messages are there', async () => {
    await world.accept('m1');
    world.message('sent');
    expect(statesOf(await traced('m1'))).toEqual(['delivered', 'message']);
  });

  it.each(['q1', 'c9', ID])('tells by %s why a webhook is no delivery event', async (id) => {
    await world.accept('m1');
    const row = {
      happened_at: iso(world.at),
      reason: 'timestamp',
      event_id: 'q1',
      correlation_id: 'c9',
      body: ID,
    };
    world.strays.quarantine?.push(row);
    const answer = await traced(id);
    expect(answer.searched).toMatchObject({ quarantine: true });
    expect(answer.searched).not.toHaveProperty('dead_letters');
    const verdict = answer.verdicts.find(({ state }) => state === 'quarantined');
    expect(verdict?.words).toBe(
      `webhook q1: a webhook is in quarantine and no delivery event: \`timestamp\` is no number of seconds, at ${iso(world.at)}`,
    );
    const step = { where: 'quarantine', kind: 'quarantined', webhookId: 'q1', correlationId: 'c9' };
    expect(answer.steps.at(-1)).toMatchObject(step);
  });

  it('tells what BigQuery refused and why, until it is there', async () => {
    const ids = { event_id: 'w-sent', delivery_id: 'd1', trigger_event_id: ID, person_id: 'u1' };
    const reason = 'no such field';
    const letter = {
      happened_at: iso(world.at),
      table: 'delivery_events',
      reason,
      correlation_id: 'c',
      ...ids,
    };
    world.strays.dead_letters = [letter];
    const [refused] = (await traced('d1')).verdicts;
    expect(refused).toMatchObject({ state: 'refused', deliveryId: 'd1' });
    expect(refused?.words).toContain('BigQuery did not take a row of delivery_events: no such field');
    expect(refused?.words).toContain('`cio-platform stream replay` puts it back');
    world.message('sent');
    expect((await traced('d1')).verdicts.at(-1)?.words).toContain('it is there now');
  });

  it('gives the newest of a busy person, and says that it is not all', async () => {
    for (let n = 0; n < 1_050; n += 1) {
      world.message('sent', {
        delivery_id: `d${n}`,
        trigger_event_id: null,
        timestamp: iso(world.at + n * SECOND),
      });
    }
    const { steps, searched } = await traced('u1');
    expect([steps.length, searched['delivery_events']]).toEqual([1_000, false]);
    expect([steps[0]?.deliveryId, steps.at(-1)?.deliveryId]).toEqual(['d50', 'd1049']);
  });

  it('gives the newest records of a busy person, and says of which topic it is not all', async () => {
    for (let n = 0; n < 2_100; n += 1) {
      world.at += 1;
      await world.accept(`m${n}`, 'busy');
    }
    const { steps, searched } = await traced('busy');
    expect(steps.length).toBe(1_000);
    expect(steps.at(-1)?.messageId).toBe('m2099');
    expect(searched).toMatchObject({ 'customerio.track': false, 'customerio.dlq': true });
  });

  it('finds a person’s outcomes where the events are gone', async () => {
    await world.processed('01J0000000000000000000GONE', 'delivered');
    expect(await traced('u1')).toMatchObject({
      verdicts: [{ state: 'delivered' }],
      steps: [{ person: 'u1' }],
    });
  });

  it('does not say that an event waits where the outcomes were not read to their end', async () => {
    await world.accept('m1');
    await world.processed(ID, 'delivered');
    for (let n = 0; n < 20; n += 1) await world.processed(`x${n}`, 'delivered');
    const { bus, warehouse } = world;
    const limits = { ...LIMITS, max: 6 };
    const { verdicts } = traceAnswer('m1', 0, await trace('m1', { bus, warehouse, eventIdOf }, limits, NOW));
    expect(verdicts[0]?.words).toContain('whether it was processed is not known');
  });

  it('finds the dead letter of an event that was rejected while it looked', async () => {
    await world.accept('m1');
    await world.processed(ID, 'rejected');
    const { bus, warehouse } = world;
    let isBuried = false;
    const late = {
      endOffsets: (topic: string) => bus.endOffsets(topic),
      subscribe: (...args: Parameters<typeof bus.subscribe>) => bus.subscribe(...args),
      offsetsAt: async (topic: string, time: number) => {
        const offsets = await bus.offsetsAt(topic, time);
        if (topic === 'customerio.processed' && !isBuried) await world.bury('m1');
        if (topic === 'customerio.processed') isBuried = true;
        return offsets;
      },
    };
    const found = await trace('m1', { bus: late, warehouse, eventIdOf }, LIMITS, NOW);
    expect(traceAnswer('m1', 0, found).verdicts[0]?.words).toContain('name must not be empty');
  });

  it('finds a dead letter that holds no value by the id of its event', async () => {
    await world.accept('m1');
    await world.processed(ID, 'rejected');
    const headers = { [HEADERS.eventId]: ID, [DEAD_LETTER_HEADERS.exceptionMessage]: 'too large' };
    await world.bus.send([{ topic: 'customerio.dlq', key: 'u1', value: null, headers }]);
    expect((await traced('m1')).verdicts[0]?.words).toContain('a dead letter since');
  });
});
