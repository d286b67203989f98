import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventRecord } from '../../app/contract/record.ts';
import { TOPICS } from '../../app/contract/topics.ts';
import { get, RoleWorld } from '../roles/role-world.ts';
import { eventually } from '../support/child.ts';
import { readTopic } from '../support/read-topic.ts';
import { REAL_SDKS } from '../support/real-sdks.ts';

const EVENTS = 200;
/** One that Customer.io’s Python SDK sends by Bearer. */
const WRITE_KEY = 'pk_eu_0123456789abcdef';
const INSTALLED_WITHIN_MS = 180_000;
const SENT_WITHIN_MS = 60_000;

let world: RoleWorld;
let url: string;

beforeEach(async () => {
  world = new RoleWorld();
  await world.makeTopics();
  url = await world.ingest({ INGEST_WRITE_KEYS_FILE: world.put('keys', `shop=${WRITE_KEY}`) });
  await eventually(
    () => 'the ingest is ready',
    async () => (await get(`${url}/readyz`)).status === 200,
    10_000,
  );
});
afterEach(() => world.end());

const send = (command: readonly string[], host: string, ...more: readonly string[]): Promise<unknown> => {
  const [program = '', ...args] = command;
  return promisify(execFile)(program, [...args, host, WRITE_KEY, String(EVENTS), ...more], {
    timeout: SENT_WITHIN_MS,
  });
};

/** Expects every event once, and the write key nowhere; gives their number. */
const expectAll = async (): Promise<number> => {
  const texts = (await readTopic(world.bus, TOPICS.track.name)).map(({ value }) => String(value));
  const records = texts.map((text) => JSON.parse(text) as EventRecord);
  const ns = records.map(({ payload }) => (payload['properties'] as { n: number }).n);
  expect(ns.toSorted((a, b) => a - b)).toEqual(Array.from({ length: EVENTS }, (_, n) => n));
  expect(new Set(records.map(({ messageId }) => messageId)).size).toBe(EVENTS);
  expect(new Set(records.map(({ source }) => source))).toEqual(new Set(['shop']));
  expect(texts.filter((text) => text.includes(WRITE_KEY))).toEqual([]);
  expect(await readTopic(world.bus, TOPICS.dlq.name)).toEqual([]);
  return records.length;
};

describe('with only its host changed', () => {
  for (const { name, missing, install, options } of REAL_SDKS) {
    const reason = missing();
    const itHere = reason === undefined ? it : it.skip;
    const why = reason === undefined ? '' : `: skipped, ${reason}`;
    itHere(
      `${name} brings every event, once${why}`,
      async () => {
        await send(await install(), url);
        const arrived = await expectAll();
        process.stderr.write(`${name}: ${arrived} of ${EVENTS} events, each once\n`);
      },
      INSTALLED_WITHIN_MS + SENT_WITHIN_MS,
    );

    itHere(
      `${name} may be given it with a final slash${options.map((option) => ` and ${option}`).join('')}${why}`,
      async () => {
        await send(await install(), `${url}/`, ...options);
        await expectAll();
      },
      SENT_WITHIN_MS,
    );
  }
});
