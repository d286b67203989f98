import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TraceAnswer } from '../../app/trace/trace-answer.ts';
import { type Child, eventually, runFile, startFile } from '../support/child.ts';

const MAIN = 'app/local/main.ts';
const LIMIT_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };

let folder: string;
let running: Child | undefined;
let url: string;
const start = async (): Promise<void> => {
  running = await startFile(MAIN, { PORT: '0', LOG_LEVEL: 'silent' }, folder);
  url = running.url;
};
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cio-trace-'));
  await start();
});
afterEach(async () => {
  await running?.kill();
  running = undefined;
  rmSync(folder, { recursive: true });
});

const post = async (path: string, body: unknown, headers = {}): Promise<void> => {
  const init = { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) };
  expect((await fetch(`${url}${path}`, init)).status).toBe(200);
};
const control = (path: string, body: unknown): Promise<void> =>
  post(`/fake-customerio/_control/${path}`, body);

const track = (userId: string, messageId: string): Promise<void> => {
  const headers = { authorization: `Basic ${btoa('local:')}` };
  return post('/v1/track', { userId, messageId, event: 'Bought', properties: {} }, headers);
};

const trace = async (id: string): Promise<TraceAnswer> => {
  const response = await fetch(`${url}/trace/${encodeURIComponent(id)}`);
  expect(response.status).toBe(200);
  return (await response.json()) as TraceAnswer;
};

/** Traces until the events of an id have come to this state. */
const traceOnce = async (id: string, state: string): Promise<TraceAnswer> => {
  let found: TraceAnswer | undefined;
  await eventually(
    () => `${id} is ${state}: ${JSON.stringify(found)}`,
    async () => {
      found = await trace(id);
      return found.verdicts[0]?.state === state;
    },
    15_000,
  );
  return found as TraceAnswer;
};

const arrived = (rows: number): Promise<void> =>
  eventually(
    () => `${rows} rows arrive`,
    async () => {
      const status = (await (await fetch(`${url}/status.json`)).json()) as { webhooks: { rows: number } };
      return status.webhooks.rows >= rows;
    },
    10_000,
  );

/** A webhook of Customer.io's, signed by the key of npm start. */
const webhook = async (body: string): Promise<void> => {
  const time = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', 'local-signing-key').update(`v0:${time}:${body}`).digest('hex');
  const headers = { 'x-cio-timestamp': time, 'x-cio-signature': signature };
  expect((await fetch(`${url}/webhooks/customerio`, { method: 'POST', headers, body })).status).toBe(200);
};

const kindsOf = ({ steps }: TraceAnswer): readonly string[] =>
  steps.map(({ kind, metric }) => metric ?? kind);

describe('npm start tells what became of a message', () => {
  it(
    'joins event, delivery to Customer.io and webhooks by any of their ids, and keeps them over a stop',
    async () => {
      await track('u1', 'm1');
      const eventId = (await traceOnce('m1', 'delivered')).verdicts[0]?.eventId;
      const person = await fetch(`${url}/fake-customerio/_control/people/u1`);
      expect(await person.json()).toMatchObject({ events: [{ id: eventId }] });
      const data = { delivery_id: 'd1', trigger_event_id: eventId };
      for (const metric of ['sent', 'bounced'])
        await control('webhooks', { object_type: 'email', metric, person: 'u1', data });
      await arrived(2);
      for (const id of ['m1', 'd1', 'u1', String(eventId)]) {
        const found = await trace(id);
        expect([id, kindsOf(found)]).toEqual([id, ['accepted', 'processed', 'sent', 'bounced']]);
        expect(found.steps[0]).toMatchObject({
          messageId: 'm1',
          eventId,
          person: 'u1',
          where: 'customerio.track',
        });
        expect(found.steps[1]).toMatchObject({ eventId, what: 'delivered to Customer.io' });
        expect(found.steps[3]).toMatchObject({ eventId, deliveryId: 'd1', person: 'u1' });
        expect(found.verdicts).toMatchObject([
          { state: 'delivered', eventId },
          { state: 'message', eventId, deliveryId: 'd1', words: expect.stringContaining('email bounced') },
        ]);
        expect(Object.values(found.searched)).not.toContain(false);
      }
      const { code, output } = await runFile('app/cli/main.ts', ['trace', 'm1', '--url', url], {});
      expect([code, output]).toEqual([
        0,
        expect.stringContaining('d1: the last that is known of the message: email b'),
      ]);

      expect(await running?.stop()).toBe(0);
      await start();
      expect(kindsOf(await trace('m1'))).toEqual(['accepted', 'processed', 'sent', 'bounced']);
    },
    LIMIT_MS,
  );

  it(
    'tells why an event is a dead letter, and that nothing is known',
    async () => {
      await control('faults', [{ match: { person: 'u2' }, rejectIndexes: 'matching' }]);
      await track('u2', 'm2');
      const found = await traceOnce('m2', 'dead');
      expect(found.verdicts[0]?.words).toMatch(/^a dead letter since .*: refused at stage deliver: .{5,}/);
      expect(kindsOf(found)).toEqual(expect.arrayContaining(['accepted', 'dead']));
      const { code, output } = await runFile('app/cli/main.ts', ['trace', 'nobody', '--url', url], {});
      expect([code, output]).toEqual([
        1,
        expect.stringMatching(/^Nothing is known of nobody since 20.* in .*quarantine/),
      ]);
    },
    LIMIT_MS,
  );

  it(
    'tells by the delivery why its webhook is no delivery event',
    async () => {
      const data = { delivery_id: 'd9', identifiers: { id: 'u9' } };
      const event = { event_id: 'w9', object_type: 'email', metric: 'sent', timestamp: 'abc', data };
      await webhook(JSON.stringify(event));
      for (const id of ['d9', 'u9', 'w9']) {
        expect(await trace(id)).toMatchObject({
          verdicts: [
            { state: 'quarantined', words: expect.stringContaining('`timestamp` is no number of seconds') },
          ],
          steps: [{ where: 'quarantine', kind: 'quarantined', webhookId: 'w9' }],
        });
      }
      expect((await trace('d99')).steps).toEqual([]);
    },
    LIMIT_MS,
  );
});
