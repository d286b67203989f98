import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { reconcileCommand } from '../../app/cli/reconcile-command.ts';
import { createAppClient } from '../../app/customerio/app-client.ts';
import { type RunningFake, startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';
import { REFILL_PATH } from '../../app/reconcile/refill-path.ts';
import { readEvent } from '../../app/webhooks/read-event.ts';
import { type LocalPlatform, startLocalPlatform } from '../reconcile/local-platform.ts';

jest.setTimeout(60_000);

const SECONDS = Math.floor(Date.now() / 1000) - 3600;

let fake: RunningFake;
let platform: LocalPlatform;
let folder: string;
/** Events of the tests before: starting a warehouse for each would take long. */
const seen = new Set<unknown>();
beforeAll(async () => {
  platform = await startLocalPlatform();
});
beforeEach(async () => {
  fake = await startFakeCustomerIo();
  folder = mkdtempSync(join(tmpdir(), 'reconcile-state-'));
});
afterEach(async () => {
  for (const row of await rows()) seen.add(row['event_id']);
  await fake.close();
  rmSync(folder, { recursive: true });
});
afterAll(() => platform.close());

const deliver = async (
  id: string,
  metrics: Readonly<Record<string, number>>,
  more: object = {},
): Promise<void> => {
  const body = { type: 'email', person: 'u1', delivery_id: id, metrics, ...more };
  const response = await fetch(`${fake.url}/_control/deliveries`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([response.status, response.ok ? '' : await response.text()]).toEqual([200, '']);
};

/** A webhook that did come. */
const receive = async (deliveryId: string, metric: string): Promise<void> => {
  const envelope = {
    event_id: `01${deliveryId}${metric}`,
    object_type: 'email',
    metric,
    timestamp: SECONDS,
    data: { delivery_id: deliveryId, identifiers: { id: 'u1' } },
  };
  const facts = { receivedAt: Date.now(), correlationId: 'c1', timestampHeader: '1' };
  const reading = readEvent(Buffer.from(JSON.stringify(envelope)), facts);
  if (reading.kind !== 'rows') throw new Error('not readable');
  await platform.stream.publish(reading.rows.map((row) => ({ table: 'delivery_events', row })));
};

interface Ran {
  readonly code: number;
  readonly text: string;
  readonly said: string;
}

const run = async (...args: readonly string[]): Promise<Ran> => {
  const out: string[] = [];
  const said: string[] = [];
  let code = -1;
  const workspace = { apiKey: 'local', region: 'us', url: fake.appUrl } as const;
  const command = reconcileCommand({
    workspace: () => workspace,
    api: () => createAppClient({ ...workspace, wait: async () => undefined }),
    print: (text) => out.push(text),
    say: (text) => said.push(text),
    end: (given) => {
      code = given;
    },
  });
  const program = new Command().addCommand(command);
  for (const one of [program, command]) one.exitOverride().configureOutput({ writeErr: () => undefined });
  const place = ['--url', platform.url, '--state', join(folder, 'state.json')];
  await program.parseAsync(['reconcile', ...place, ...args], { from: 'user' });
  return { code, text: out.join('\n'), said: said.join('\n') };
};

const json = async (...args: readonly string[]): Promise<{ code: number; json: Record<string, unknown> }> => {
  const { code, text } = await run('--since', '24h', ...args, '--json');
  return { code, json: JSON.parse(text) as Record<string, unknown> };
};

const rows = async (): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const columns =
    'event_id, object_type, metric, timestamp, delivery_id, campaign_id, person_id, recipient, refilled, failure_message, raw';
  const found = await platform.warehouse.query(
    `SELECT ${columns} FROM customerio_events.delivery_events ORDER BY delivery_id, metric, event_id`,
  );
  const all = found.rows.map((row) =>
    Object.fromEntries(found.columns.map((name, index) => [name, row[index]])),
  );
  return all.filter((row) => !seen.has(row['event_id']));
};

describe('reconcile with a running npm start', () => {
  it('tells what is missing, writes nothing, and ends with 1', async () => {
    await deliver('d1', { sent: SECONDS, delivered: SECONDS + 5 });
    await receive('d1', 'sent');
    const { code, json: told } = await json();
    expect([code, told]).toMatchObject([
      1,
      {
        dryRun: true,
        deliveries: 1,
        known: 1,
        missing: 1,
        refilled: 0,
        metrics: { 'email:delivered': { missing: 1 }, 'email:sent': { known: 1, missing: 0 } },
        missingEvents: [{ deliveryId: 'd1', objectType: 'email', metric: 'delivered' }],
      },
    ]);
    expect(await rows()).toHaveLength(1);
    const { text } = await run('--since', '24h');
    expect(text).toContain(`email:delivered  d1`);
    expect(text).toContain('This was a dry run: --refill writes them.');
  });

  it('refills only what is missing, as rows that say so, and finds nothing missing the next time', async () => {
    const data = { campaign_id: 7, recipient: 'a@example.com', failure_message: '550 unknown' };
    await deliver("d'2", { sent: SECONDS, bounced: SECONDS + 5 }, { data });
    await receive("d'2", 'sent');
    expect(await json('--refill')).toMatchObject({
      code: 0,
      json: { dryRun: false, missing: 1, refilled: 1 },
    });
    const [refilled, received, ...others] = await rows();
    expect([received?.['refilled'], others]).toEqual([false, []]);
    expect(refilled).toMatchObject({
      event_id: "refill-d'2-bounced",
      object_type: 'email',
      metric: 'bounced',
      timestamp: expect.stringContaining(new Date((SECONDS + 5) * 1000).toISOString().slice(0, 19)),
      delivery_id: "d'2",
      campaign_id: 7,
      person_id: 'u1',
      recipient: 'a@example.com',
      refilled: true,
      failure_message: '550 unknown',
    });
    expect(JSON.parse(String(refilled?.['raw']))).toMatchObject({ id: "d'2" });
    expect(await json('--refill')).toMatchObject({ code: 0, json: { known: 2, missing: 0, refilled: 0 } });
    expect(await rows()).toHaveLength(2);
  });

  it('gives the reason of a failure to the metric that failed only', async () => {
    await deliver('d3', { sent: SECONDS, bounced: SECONDS }, { data: { failure_message: '550' } });
    await json('--refill');
    const found = await rows();
    expect(found.map((row) => [row['metric'], row['failure_message']])).toEqual([
      ['bounced', '550'],
      ['sent', null],
    ]);
  });

  it('knows an SMS by its other name, and leaves metrics out that no webhook reports', async () => {
    await deliver('d4', { sent: SECONDS, human_opened: SECONDS }, { type: 'sms' });
    const { json: told } = await json('--refill');
    expect(told).toMatchObject({ refilled: 1, ignored: { 'sms:human_opened': 1 } });
    expect(await rows()).toMatchObject([{ object_type: 'sms', metric: 'sent' }]);
  });

  it('looks only at the metrics and the time that are asked for', async () => {
    await deliver('d5', { sent: SECONDS, delivered: SECONDS });
    expect(await json('--metric', 'delivered')).toMatchObject({ json: { missing: 1 } });
    expect(await json('--until', '2h')).toMatchObject({ code: 0, json: { deliveries: 0, missing: 0 } });
  });

  it('stops at --max with 3 and goes on there', async () => {
    for (let number = 0; number < 130; number += 1) await deliver(`e${number}`, { sent: SECONDS });
    const first = await json('--refill', '--max', '60');
    expect(first).toMatchObject({ code: 3, json: { deliveries: 60, refilled: 60, stoppedBy: 'max' } });
    expect((await rows()).length).toBe(60);
    const { code, text, said } = await run('--since', '24h', '--refill', '--json');
    expect([code, JSON.parse(text)]).toMatchObject([0, { deliveries: 130, refilled: 130 }]);
    expect(said).toMatch(/goes on with .* after 60 deliveries/);
    expect(said).toContain('130 deliveries, 130 events missing');
    expect((await rows()).length).toBe(130);
    expect(existsSync(join(folder, 'state.json'))).toBe(false);
  });

  it('does not go on with a run of other options, or when told to begin anew', async () => {
    for (const id of ['f1', 'f2', 'f3']) await deliver(id, { sent: SECONDS });
    await json('--max', '1');
    expect(await json('--refill', '--max', '1')).toMatchObject({ code: 3, json: { deliveries: 1 } });
    expect(await json('--refill', '--restart')).toMatchObject({ code: 0, json: { deliveries: 3 } });
  });

  it('keeps what it had when the App API fails, and loses nothing of it', async () => {
    for (let number = 0; number < 70; number += 1) await deliver(`g${number}`, { sent: SECONDS });
    const fault = { match: { path: '/app/v1/messages' }, status: 401, body: 'json' };
    await json('--refill', '--max', '50');
    await fetch(`${fake.url}/_control/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ ...fault, times: 1 }]),
    });
    await expect(run('--since', '24h', '--refill')).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await json('--refill')).toMatchObject({ code: 0, json: { deliveries: 70, refilled: 70 } });
    expect((await rows()).length).toBe(70);
  });

  it.each([
    [],
    ['--since', 'yesterday'],
    ['--since', '31d'],
    ['--since', '1h', '--until', '2h'],
    ['--since', '24h', '--max', '0'],
    ['--since', '24h', '--metric', 'snet'],
    ['--since', '24h', '--project', 'x'],
    ['--since', '24h', '--dataset', 'a`b'],
  ])('refuses %j %j %j %j', async (...args) => {
    await expect(run(...args)).rejects.toBeInstanceOf(CommanderError);
  });
});

describe('the refill of npm start', () => {
  const row = { event_id: 'refill-d1-sent', refilled: true };
  const message = { table: 'delivery_events', row, eventId: 'refill-d1-sent' };
  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${platform.url}${REFILL_PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('takes no rows that say they were received, nor anything else', async () => {
    const received = { ...message, row: { ...row, refilled: false } };
    for (const wrong of [received, { ...message, table: 'quarantine' }, { ...message, eventId: 'x' }, null]) {
      expect((await post({ messages: [message, wrong] })).status).toBe(400);
    }
    expect(await rows()).toEqual([]);
  });

  it('takes nothing from a page', async () => {
    expect((await post({ messages: [message] }, { origin: platform.url })).status).toBe(403);
    expect((await post({ messages: [message] })).status).toBe(204);
    expect(await rows()).toHaveLength(1);
  });
});
