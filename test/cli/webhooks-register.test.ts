import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { webhooksCommand } from '../../app/cli/webhooks-command.ts';
import { createAppClient } from '../../app/customerio/app-client.ts';
import type { AppApi, WebhookFields } from '../../app/customerio/app-port.ts';
import { AmbiguousWebhookError } from '../../app/customerio/app-register-webhook.ts';
import { WEBHOOK_EVENTS } from '../../app/customerio/app-webhook-events.ts';
import { type RunningFake, startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';
import { WEBHOOK_EVENTS as ACCEPTED } from '../../app/local/fake-customerio/reporting/webhook-kinds.ts';

const URL = 'https://hooks.example.com/webhooks/customerio';
const FIELDS: WebhookFields = {
  name: 'customerio-platform',
  endpoint: URL,
  events: WEBHOOK_EVENTS,
  disabled: false,
  full_resolution: false,
  with_content: false,
};

let running: RunningFake;
let api: AppApi;
let changes: number;
beforeEach(async () => {
  running = await startFakeCustomerIo();
  changes = 0;
  api = createAppClient({ apiKey: 'local', region: 'us', url: running.appUrl, wait: async () => undefined });
});
afterEach(() => running.close());

const counted = (): AppApi => ({
  ...api,
  createWebhook: (fields) => {
    changes += 1;
    return api.createWebhook(fields);
  },
  updateWebhook: (id, fields) => {
    changes += 1;
    return api.updateWebhook(id, fields);
  },
});

const run = async (...args: readonly string[]): Promise<{ code: number; text: string }> => {
  const out: string[] = [];
  let code = 0;
  const command = webhooksCommand({
    open: counted,
    print: (text) => out.push(text),
    end: (given) => {
      code = given;
    },
  });
  const program = new Command().addCommand(command);
  for (const one of [program, command, ...command.commands]) {
    one.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  await program.parseAsync(['webhooks', ...args], { from: 'user' });
  return { code, text: out.join('\n') };
};

const json = async (...args: readonly string[]): Promise<{ code: number; json: Record<string, unknown> }> => {
  const { code, text } = await run(...args, '--json');
  return { code, json: JSON.parse(text) as Record<string, unknown> };
};

describe('webhooks register', () => {
  it('makes the webhook with every event that Customer.io can send', async () => {
    const { json: made } = await json('register', '--url', URL);
    expect(made).toMatchObject({ outcome: 'created', webhook: { ...FIELDS, events: expect.anything() } });
    const [webhook] = await api.webhooks();
    expect([...(webhook?.events ?? [])].sort()).toEqual([...ACCEPTED].sort());
  });

  it('changes nothing the second time', async () => {
    await run('register', '--url', URL);
    const { text } = await run('register', '--url', URL);
    expect(text).toBe(`Reporting webhook 1 (customerio-platform) to ${URL}: unchanged.`);
    expect([changes, (await api.webhooks()).length]).toEqual([1, 1]);
  });

  it.each([
    ['disabled', { disabled: true }, 'it is disabled'],
    ['endpoint', { endpoint: 'https://old.example/x' }, `endpoint is https://old.example/x, not ${URL}`],
    [
      'events',
      { events: WEBHOOK_EVENTS.slice(2) },
      'events missing: customer_subscribed, customer_unsubscribed',
    ],
  ])('mends %s only where it differs, and tells what', async (field, differing, words) => {
    await api.createWebhook({ ...FIELDS, ...differing });
    const { json: done } = await json('register', '--url', URL);
    expect(done).toMatchObject({ outcome: 'updated', differences: [{ field, words }] });
    const [webhook] = await api.webhooks();
    expect({ ...webhook, events: [...(webhook?.events ?? [])].sort() }).toEqual({
      id: 1,
      ...FIELDS,
      events: [...WEBHOOK_EVENTS].sort(),
    });
  });

  it('turns content and every open and click on and off as it is told to', async () => {
    await run('register', '--url', URL);
    await run('register', '--url', URL, '--with-content', '--full-resolution');
    expect(await api.webhooks()).toMatchObject([{ with_content: true, full_resolution: true }]);
    const { json: done } = await json('register', '--url', URL, '--no-with-content', '--no-full-resolution');
    expect(done).toMatchObject({
      outcome: 'updated',
      differences: [
        { field: 'with_content', words: 'with_content is true, not false' },
        { field: 'full_resolution', words: 'full_resolution is true, not false' },
      ],
    });
    expect(await api.webhooks()).toMatchObject([{ with_content: false, full_resolution: false }]);
  });

  it('leaves content, and every open and click, as they are where it is not told of them', async () => {
    await api.createWebhook({ ...FIELDS, with_content: true, full_resolution: true });
    expect(await json('status', '--url', URL)).toMatchObject({ code: 0, json: { status: 'in order' } });
    expect(await json('register', '--url', URL)).toMatchObject({ json: { outcome: 'unchanged' } });
    // Nor when something else has to be changed.
    await run('register', '--url', 'https://moved.example.com/x');
    expect(await api.webhooks()).toMatchObject([
      { endpoint: 'https://moved.example.com/x', with_content: true, full_resolution: true },
    ]);
  });

  it('keeps to the events that are named', async () => {
    await run('register', '--url', URL);
    const { json: done } = await json('register', '--url', URL, '--events', 'email_sent, push_sent');
    expect(done).toMatchObject({ outcome: 'updated', differences: [{ field: 'events' }] });
    expect((await api.webhooks())[0]?.events).toEqual(['email_sent', 'push_sent']);
  });

  it('knows a webhook of another name by its endpoint, and leaves it its name', async () => {
    await api.createWebhook({ ...FIELDS, name: 'by hand', disabled: true });
    await run('register', '--url', URL);
    expect(await api.webhooks()).toMatchObject([{ id: 1, name: 'by hand', disabled: false }]);
  });

  it('names the ids where several have the name, and changes none', async () => {
    await api.createWebhook(FIELDS);
    await api.createWebhook({ ...FIELDS, endpoint: 'https://other.example/' });
    const failed = await run('register', '--url', URL).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AmbiguousWebhookError);
    expect((failed as Error).message).toContain('ids 1, 2');
    expect(changes).toBe(0);
  });

  it('adds the receiver’s path to a URL that has none', async () => {
    await run('register', '--url', 'https://hooks.example.com');
    expect(await api.webhooks()).toMatchObject([{ endpoint: URL }]);
  });

  it.each([
    ['--url', 'http://hooks.example.com/x'],
    ['--url', 'hooks.example.com'],
    ['--url', 'https://a:b@hooks.example.com/x'],
    ['--url', URL, '--events', 'email_sent,nonsense'],
    ['--url', URL, '--name', ' '],
    ['--env', '../dev'],
    ['--env', 'Dev'],
    [],
  ])('refuses %j %j %j %j', async (...args) => {
    await expect(run('register', ...args)).rejects.toBeInstanceOf(CommanderError);
    expect(await api.webhooks()).toEqual([]);
  });
});

describe('webhooks status', () => {
  it('ends with 1 where there is none', async () => {
    expect(await json('status', '--url', URL)).toEqual({
      code: 1,
      json: { status: 'none', webhook: null, differences: [] },
    });
  });

  it('ends with 0 where it is in order, whatever was not asked about', async () => {
    await run('register', '--url', URL, '--with-content');
    expect(await run('status', '--url', URL)).toMatchObject({
      code: 0,
      text: expect.stringMatching(/: in order\.$/),
    });
    expect(await json('status', '--url', URL)).toMatchObject({ code: 0, json: { status: 'in order' } });
  });

  it('tells that it is disabled', async () => {
    await api.createWebhook({ ...FIELDS, disabled: true });
    expect(await json('status', '--url', URL)).toMatchObject({ code: 1, json: { status: 'disabled' } });
  });

  it('tells what differs, and changes nothing', async () => {
    await api.createWebhook({ ...FIELDS, endpoint: 'https://old.example/x', events: ['email_sent'] });
    const { code, json: told } = await json('status', '--url', URL, '--full-resolution');
    const differences = ['endpoint', 'events', 'full_resolution'].map((field) => ({ field }));
    expect([code, told]).toMatchObject([1, { status: 'differs', differences }]);
    expect(changes).toBe(0);
  });

  it('must be told whose webhook, or where it must point', async () => {
    await expect(run('status')).rejects.toThrow('one of --env and --url is required');
  });

  it.each(['--with-content', '--no-with-content'])('compares content with %s', async (option) => {
    await api.createWebhook({ ...FIELDS, with_content: option === '--no-with-content' });
    expect(await json('status', '--url', URL, option)).toMatchObject({
      code: 1,
      json: { status: 'differs', differences: [{ field: 'with_content' }] },
    });
  });
});

describe('the webhook that npm start has from the start', () => {
  const LOCAL = 'http://localhost:8080';

  beforeEach(async () => {
    await running.close();
    const webhooks = [{ endpoint: `${LOCAL}/webhooks/customerio`, signingKey: 'k' }];
    running = await startFakeCustomerIo({ webhooks });
    api = createAppClient({
      apiKey: 'local',
      region: 'us',
      url: running.appUrl,
      wait: async () => undefined,
    });
  });

  it.each([LOCAL, 'http://127.0.0.1:8080', 'http://LOCALHOST:8080'])('is known as %s', async (url) => {
    expect(await json('status', '--url', url)).toMatchObject({
      code: 0,
      json: { status: 'in order', webhook: { name: 'customerio-platform' } },
    });
    expect(await json('register', '--url', url)).toMatchObject({ json: { outcome: 'unchanged' } });
    expect(await json('register', '--url', url, '--name', 'other')).toMatchObject({
      json: { outcome: 'unchanged' },
    });
    expect(await api.webhooks()).toHaveLength(1);
  });

  it('is not taken for one on another port', async () => {
    expect(await json('status', '--url', 'http://127.0.0.1:8081')).toMatchObject({
      code: 1,
      json: { status: 'differs', differences: [{ field: 'endpoint' }] },
    });
  });

  it('has a name that no other has', async () => {
    await running.close();
    const webhooks = ['one', 'two'].map((path) => ({ endpoint: `${LOCAL}/${path}`, signingKey: 'k' }));
    running = await startFakeCustomerIo({ webhooks });
    api = createAppClient({ apiKey: 'local', region: 'us', url: running.appUrl });
    const names = (await api.webhooks()).map(({ name }) => name);
    expect(names).toEqual(['customerio-platform', 'customerio-platform-2']);
  });
});
