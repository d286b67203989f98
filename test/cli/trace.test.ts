import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import type { WarehouseReader, WarehouseRow } from '../../app/bigquery/port.ts';
import { traceCommand } from '../../app/cli/trace-command.ts';
import { DEAD_LETTER_HEADERS, deadLetterHeaders } from '../../app/contract/dead-letter.ts';
import { HEADERS } from '../../app/contract/record.ts';
import { TOPICS } from '../../app/contract/topics.ts';
import { eventId } from '../../app/delivery/engine/event-id.ts';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import { MemoryLog } from '../../app/kafka/memory-log.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const ID = eventId({ source: 'shop', type: 'track', key: 'u1', name: 'Bought', messageId: 'm1' });
const value = (messageId: string, userId = 'u1'): string =>
  JSON.stringify({
    v: 1,
    type: 'track',
    userId,
    messageId,
    timestamp: iso(NOW - 30 * MINUTE),
    receivedAt: iso(NOW - 30 * MINUTE),
    correlationId: `c-${messageId}`,
    source: 'shop',
    payload: { event: 'Bought', properties: {} },
  });

let at: number;
let bus: InMemoryBus;
let rows: WarehouseRow[];
beforeEach(async () => {
  at = NOW - 30 * MINUTE;
  bus = new InMemoryBus({ log: new MemoryLog({ now: () => at }) });
  await bus.ensureTopics(Object.values(TOPICS), 'create', 3);
  rows = [];
});
afterEach(() => bus.close());

const warehouse: WarehouseReader = {
  mostValues: 50,
  rows: async ({ anyOf, from, to }) =>
    rows.filter((row) => {
      const time = Date.parse(String(row['timestamp']));
      const fits = anyOf.some(({ column, values }) => values.includes(String(row[column])));
      return fits && time >= from && time < to;
    }),
};

interface Told {
  readonly code: number;
  readonly json: {
    readonly verdicts: readonly { state: string; words: string }[];
    readonly steps: readonly { kind: string; where: string; at: string }[];
    readonly searched: Record<string, boolean>;
  };
}

const run = async (...args: readonly string[]): Promise<{ code: number; text: string }> => {
  const out: string[] = [];
  let code = -1;
  const command = traceCommand({
    // The test keeps the bus open.
    bus: async () => Object.assign(Object.create(bus) as InMemoryBus, borrowed()),
    warehouse: () => warehouse,
    now: () => NOW,
    print: (text) => out.push(text),
    end: (given) => {
      code = given;
    },
    quietMs: 200,
  });
  const program = new Command().addCommand(command);
  for (const one of [program, command]) one.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(['trace', ...args], { from: 'user' });
  return { code, text: out.join('\n') };
};

const borrowed = (): Pick<InMemoryBus, 'endOffsets' | 'subscribe' | 'close'> => ({
  endOffsets: (topic) => bus.endOffsets(topic),
  subscribe: (options, listener) => bus.subscribe(options, listener),
  close: async () => undefined,
});

const told = async (...args: readonly string[]): Promise<Told> => {
  const { code, text } = await run(...args, '--kafka', '--json');
  return { code, json: JSON.parse(text) as Told['json'] };
};

const accept = (messageId: string, key = 'u1'): Promise<void> =>
  bus.send([{ topic: TOPICS.track.name, key, value: value(messageId, key) }]);

const processed = (id: string, outcome: string): Promise<void> => {
  const batch = {
    v: 1,
    kind: 'batch',
    at: iso(at),
    rows: [
      ['u9', 'OTHER', 'delivered'],
      ['u1', id, outcome],
    ],
  };
  return bus.send([{ topic: TOPICS.processed.name, key: null, value: JSON.stringify(batch) }]);
};

const bury = (messageId: string): Promise<void> => {
  const facts = {
    topic: TOPICS.track.name,
    origin: { partition: 0, offset: 0, timestamp: at, group: 'g' },
    code: 'refused',
    stage: 'deliver',
    message: 'name must not be empty',
    attempts: 1,
    correlationId: `c-${messageId}`,
    redriveCount: 0,
  } as const;
  const headers = { ...deadLetterHeaders(facts), [HEADERS.eventId]: ID };
  return bus.send([{ topic: TOPICS.dlq.name, key: 'u1', value: value(messageId), headers }]);
};

const message = (metric: string, more: object = {}): void => {
  rows.push({
    delivery_id: 'd1',
    trigger_event_id: ID,
    person_id: 'u1',
    object_type: 'email',
    metric,
    timestamp: iso(at),
    refilled: false,
    ...more,
  });
};

describe('trace', () => {
  it('tells an event that waits', async () => {
    await accept('m1');
    await accept('m2', 'u2');
    const { code, json } = await told('m1');
    expect(code).toBe(0);
    expect(json.verdicts).toMatchObject([{ state: 'waiting', eventId: ID }]);
    expect(json.verdicts[0]?.words).toContain('accepted at 2026-11-24T11:30:00.000Z and not processed');
    expect(json.steps).toMatchObject([
      { kind: 'accepted', messageId: 'm1', correlationId: 'c-m1', person: 'u1' },
    ]);
    expect(json.searched).toEqual({
      delivery_events: true,
      'customerio.identify': true,
      'customerio.track': true,
      'customerio.dlq': true,
      'customerio.processed': true,
    });
  });

  it.each(['m1', 'c-m1', ID, 'u1', 'd1'])('joins everything that is known of %s', async (id) => {
    await accept('m1');
    at += MINUTE;
    await processed(ID, 'delivered');
    at += MINUTE;
    message('sent');
    at += MINUTE;
    message('bounced', { failure_message: '550 unknown' });
    const { code, json } = await told(id);
    expect(code).toBe(0);
    expect(json.steps.map(({ kind, at: time }) => [kind, time.slice(11, 16)])).toEqual([
      ['accepted', '11:30'],
      ['processed', '11:31'],
      ['message', '11:32'],
      ['message', '11:33'],
    ]);
    expect(json.verdicts.map(({ words }) => words)).toEqual([
      'delivered to Customer.io at 2026-11-24T11:31:00.000Z',
      'the last that is known of the message: email bounced: 550 unknown at 2026-11-24T11:33:00.000Z',
    ]);
  });

  it('tells why an event is a dead letter', async () => {
    await accept('m1');
    at += MINUTE;
    await processed(ID, 'rejected');
    await bury('m1');
    const { json } = await told('m1');
    expect(json.verdicts).toMatchObject([{ state: 'dead' }]);
    expect(json.verdicts[0]?.words).toContain('refused at stage deliver: name must not be empty');
  });

  it('tells that a dead letter was delivered after all', async () => {
    await accept('m1');
    await bury('m1');
    at += MINUTE;
    await processed(ID, 'delivered');
    expect((await told('m1')).json.verdicts).toMatchObject([{ state: 'delivered' }]);
  });

  it('finds what the ingest refused, by the ids that were received', async () => {
    const headers = {
      [DEAD_LETTER_HEADERS.code]: 'invalid_event',
      [DEAD_LETTER_HEADERS.stage]: 'ingest',
      [DEAD_LETTER_HEADERS.exceptionMessage]: 'event is required',
      [DEAD_LETTER_HEADERS.correlationId]: 'c-m7',
    };
    const refused = JSON.stringify({ received: { messageId: 'm7', userId: 'u7' }, errors: [] });
    await bus.send([{ topic: TOPICS.dlq.name, key: 'u7', value: refused, headers }]);
    await bus.send([{ topic: TOPICS.dlq.name, key: 'u8', value: 'not JSON', headers }]);
    for (const id of ['m7', 'u7']) {
      const { json } = await told(id);
      expect(json.verdicts).toMatchObject([{ state: 'dead' }]);
      expect(json.verdicts[0]?.words).toContain('invalid_event at stage ingest: event is required');
    }
    expect((await told('c-m7')).json.verdicts).toHaveLength(2);
  });

  it('passes over what is older than --since', async () => {
    await accept('m1');
    expect((await told('m1', '--since', '20m')).code).toBe(1);
    expect((await told('m1', '--since', '40m')).code).toBe(0);
  });

  it('says that it did not read to the end', async () => {
    for (let number = 0; number < 20; number += 1) await accept(`x${number}`);
    const { code, text } = await run('m1', '--kafka', '--max', '5');
    expect(code).toBe(3);
    expect(text).toContain('Not read to the end, --max and --within read more: customerio.track.');
  });

  it('asks only the stores that it is told to', async () => {
    await accept('m1');
    message('sent');
    const { code, text } = await run('d1', '--json');
    expect([code, JSON.parse(text)]).toMatchObject([0, { searched: { delivery_events: true } }]);
    expect((await told('d1', '--no-warehouse')).json.searched).not.toHaveProperty('delivery_events');
  });

  it('says that nothing is known, with 1', async () => {
    expect(await run('nobody')).toEqual({ code: 1, text: 'Nothing is known of nobody in delivery_events.' });
  });

  it.each([[], ['m1', '--since', 'x'], ['m1', '--max', '0'], ['m1', '--dataset', 'a`b']])(
    'refuses %j %j %j',
    async (...args) => {
      await expect(run(...args)).rejects.toBeInstanceOf(CommanderError);
    },
  );
});
