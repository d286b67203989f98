import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { traceCommand } from '../../app/cli/trace-command.ts';
import type { TraceWorld } from '../../app/cli/trace-world.ts';
import { DEAD_LETTER_HEADERS } from '../../app/contract/dead-letter.ts';
import { TOPICS } from '../../app/contract/topics.ts';
import { BusError } from '../../app/kafka/port.ts';
import type { TraceAnswer } from '../../app/trace/trace-answer.ts';
import { ID, MINUTE, NOW, TraceStoresWorld } from '../trace/trace-world.ts';

const ANSWER: TraceAnswer = { id: 'm1', since: '', verdicts: [], steps: [], searched: { quarantine: true } };

let world: TraceStoresWorld;
let asked: unknown[];
beforeEach(async () => {
  world = await new TraceStoresWorld().start();
  asked = [];
});
afterEach(() => world.bus.close());

/** The test keeps the bus open. */
const borrowed = (): TraceStoresWorld['bus'] =>
  Object.assign(Object.create(world.bus) as TraceStoresWorld['bus'], {
    endOffsets: (topic: string) => world.bus.endOffsets(topic),
    offsetsAt: (topic: string, time: number) => world.bus.offsetsAt(topic, time),
    subscribe: (...args: Parameters<TraceStoresWorld['bus']['subscribe']>) => world.bus.subscribe(...args),
    close: async () => undefined,
  });

const run = async (
  args: readonly string[],
  instead: Partial<TraceWorld> = {},
): Promise<{ code: number; text: string; usage: string }> => {
  const out: string[] = [];
  const said: string[] = [];
  let code = -1;
  const command = traceCommand({
    bus: async () => borrowed(),
    warehouse: () => world.warehouse,
    ask: async (...question) => {
      asked.push(question);
      return ANSWER;
    },
    now: () => NOW,
    print: (text) => out.push(text),
    end: (given) => {
      code = given;
    },
    quietMs: 200,
    ...instead,
  });
  const program = new Command().addCommand(command);
  for (const one of [program, command])
    one.exitOverride().configureOutput({ writeErr: (text) => said.push(text) });
  try {
    await program.parseAsync(['trace', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    code = 2;
  }
  return { code, text: out.join('\n'), usage: said.join('') };
};

const told = async (...args: readonly string[]): Promise<{ code: number; json: TraceAnswer }> => {
  const { code, text } = await run([...args, '--kafka', '--json']);
  return { code, json: JSON.parse(text) as TraceAnswer };
};

describe('trace', () => {
  it('tells an event that waits', async () => {
    await world.accept('m1');
    await world.accept('m2', 'u2');
    const { code, json } = await told('m1');
    expect(code).toBe(0);
    expect(json.verdicts).toMatchObject([{ state: 'waiting', eventId: ID }]);
    expect(json.verdicts[0]?.words).toContain('accepted at 2026-11-24T11:30:00.000Z and not processed');
    expect(json.steps).toMatchObject([
      { kind: 'accepted', messageId: 'm1', correlationId: 'c-m1', person: 'u1' },
    ]);
    expect(json.searched).toEqual({
      delivery_events: true,
      quarantine: true,
      'customerio.identify': true,
      'customerio.track': true,
      'customerio.dlq': true,
      'customerio.processed': true,
    });
  });

  it.each(['m1', 'c-m1', ID, 'u1', 'd1'])('joins everything that is known of %s', async (id) => {
    await world.accept('m1');
    world.at += MINUTE;
    await world.processed(ID, 'delivered');
    world.at += MINUTE;
    world.message('sent');
    world.at += MINUTE;
    world.message('bounced', { failure_message: '550 unknown' });
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
    await world.accept('m1');
    world.at += MINUTE;
    await world.processed(ID, 'rejected');
    await world.bury('m1');
    const { json } = await told('m1');
    expect(json.verdicts).toMatchObject([{ state: 'dead' }]);
    expect(json.verdicts[0]?.words).toContain('refused at stage deliver: name must not be empty');
  });

  it('tells that a dead letter was delivered after all', async () => {
    await world.accept('m1');
    await world.bury('m1');
    world.at += MINUTE;
    await world.processed(ID, 'delivered');
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
    await world.bus.send([{ topic: TOPICS.dlq.name, key: 'u7', value: refused, headers }]);
    await world.bus.send([{ topic: TOPICS.dlq.name, key: 'u8', value: 'not JSON', headers }]);
    for (const id of ['m7', 'u7']) {
      const { json } = await told(id);
      expect(json.verdicts).toMatchObject([{ state: 'dead' }]);
      expect(json.verdicts[0]?.words).toContain('invalid_event at stage ingest: event is required');
    }
    expect((await told('c-m7')).json.verdicts).toHaveLength(2);
  });

  it('passes over what is older than --since', async () => {
    await world.accept('m1');
    expect((await told('m1', '--since', '20m')).code).toBe(1);
    expect((await told('m1', '--since', '40m')).code).toBe(0);
  });

  it('reaches the newest of many events, and says with 3 that it did not read the rest', async () => {
    await world.accept('old');
    for (let number = 0; number < 200; number += 1) await world.accept(`x${number}`);
    await world.accept('new');
    const { code, text } = await run(['new', '--kafka', '--max', '20']);
    expect(code).toBe(3);
    expect(text).toContain('customerio.track  track accepted');
    expect(text).toContain('Not everything was read of customerio.track: --max and --within read more');
    expect(text.split('\n').at(-1)).toBe('truncated: there may be more in customerio.track');
    expect((await told('new', '--max', '20')).json).toMatchObject({ truncated: true });
    expect((await told('new')).json).not.toHaveProperty('truncated');
    expect((await run(['old', '--kafka', '--max', '20'])).text).toMatch(/^Nothing is known of old since/);
  });

  it('gives the newest rows of a busy person with 3', async () => {
    for (let n = 0; n < 1_050; n += 1) world.message('sent', { delivery_id: `d${n}`, event_id: `w${n}` });
    const { code, text } = await run(['u1', '--no-kafka']);
    expect([code, text.match(/email sent {2}/g)?.length]).toEqual([3, 1_000]);
    expect(text).toContain('Only the newest 1,000 of delivery_events are shown: ask for a single event');
  });

  it('says of what is found but is no message only what happened', async () => {
    world.message('unsubscribed', { object_type: 'customer', delivery_id: null, trigger_event_id: null });
    const { code, text } = await run(['u1', '--no-kafka']);
    expect([code, text]).toEqual([0, '2026-11-24T11:30:00.000Z  delivery_events  customer unsubscribed']);
  });
});

describe('where trace looks', () => {
  const stores = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { text } = await run(['d1', '--json', ...args]);
    return Object.keys((JSON.parse(text) as TraceAnswer).searched).sort();
  };
  const kafka = ['customerio.dlq', 'customerio.identify', 'customerio.processed', 'customerio.track'];
  const warehouse = ['delivery_events', 'quarantine'];
  const bigQuery = ['--project', 'acme-project'];

  it('is a running npm start, unless it is told otherwise', async () => {
    const { text } = await run([
      'm 1',
      '--json',
      '--since',
      '2h',
      '--url',
      'http://localhost:1',
      '--max',
      '7',
    ]);
    expect(JSON.parse(text)).toEqual(ANSWER);
    const question = { since: '2h', max: 7, within: 60 };
    expect(asked).toEqual([['http://localhost:1', 'm 1', question]]);
  });

  it('is BigQuery with a project, and Kafka where it is set', async () => {
    expect(await stores(...bigQuery)).toEqual([...kafka, ...warehouse]);
    expect(await stores(...bigQuery, '--no-kafka')).toEqual(warehouse);
    expect(await stores(...bigQuery, '--no-warehouse')).toEqual(kafka);
    const demanded: boolean[] = [];
    const bus = async (isDemanded: boolean): Promise<undefined> => {
      demanded.push(isDemanded);
    };
    const { text } = await run(['d1', '--json', ...bigQuery], { bus });
    expect(Object.keys((JSON.parse(text) as TraceAnswer).searched)).toEqual(warehouse);
    await run(['d1', ...bigQuery, '--kafka'], { bus });
    expect(demanded).toEqual([false, true]);
  });

  it('is Kafka and the warehouse of npm start where Kafka is asked for', async () => {
    expect(await stores('--kafka')).toEqual([...kafka, ...warehouse]);
    expect(await stores('--no-warehouse')).toEqual(kafka);
    expect(await stores('--no-kafka')).toEqual(warehouse);
    expect(asked).toEqual([]);
  });

  it('is named where nothing is known, with 1', async () => {
    expect(await run(['nobody', '--no-kafka', '--since', '2h'])).toMatchObject({
      code: 1,
      text:
        'Nothing is known of nobody since 2026-11-24T10:00:00.000Z (--since 2h) in delivery_events, quarantine. ' +
        'A longer --since, such as 7d, looks further back.',
    });
  });

  it('must be somewhere', async () => {
    const bus = async (): Promise<undefined> => undefined;
    for (const args of [[], bigQuery, ['--no-kafka']]) {
      const { code, usage } = await run(['m1', '--no-warehouse', ...args], { bus });
      expect([code, usage]).toEqual([2, expect.stringContaining('--no-warehouse needs Kafka')]);
    }
  });

  it.each([
    [],
    [''],
    [' '],
    ['a\0b'],
    ['m1', '--since', 'x'],
    ['m1', '--since', '31d'],
    ['m1', '--since', '2030-01-01'],
    ['m1', '--max', '0'],
    ['m1', '--within', '601'],
    ['m1', '--dataset', 'a`b'],
  ])('is refused for %j %j %j', async (...args) => {
    const { code, usage } = await run(args.filter((arg) => typeof arg === 'string'));
    expect([code, usage]).toEqual([2, expect.stringContaining('error: ')]);
  });

  it('says what to do where Kafka cannot be read', async () => {
    const bus = (): Promise<never> => Promise.reject(new BusError('unavailable', 'connecting failed'));
    const error = await run(['m1', ...bigQuery], { bus }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BusError);
    expect((error as BusError).message).toBe(
      'Kafka cannot be read: connecting failed: check KAFKA_BROKERS and its settings, or leave Kafka out with --no-kafka',
    );
  });
});
