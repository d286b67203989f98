import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { type IngestServer, startIngest } from '../ingest-server.ts';

let logger: RecordingLogger;
let server: IngestServer;
beforeEach(async () => {
  logger = new RecordingLogger();
  server = await startIngest({ logger });
});
afterEach(() => server.close());

type Json = Readonly<Record<string, unknown>>;

const post = async (event: Json): Promise<Json> => {
  const response = await server.post('/v1/batch', { batch: [{ type: 'track', messageId: 'm1', ...event }] });
  return (await response.json()) as Json;
};

/** Topic, type and payload of the one record that a call becomes. */
const recordOf = async (event: Json): Promise<Json> => {
  server.sink.records.length = 0;
  expect(await post(event)).toMatchObject({ accepted: 1 });
  const [record] = server.sink.records;
  const { type, payload, userId, anonymousId, identifiers } = JSON.parse(String(record?.value)) as Json;
  return { topic: record?.topic, key: record?.key, type, payload, userId, anonymousId, identifiers };
};

const rulesOf = async (event: Json): Promise<unknown> => {
  const answer = await post(event);
  expect(answer).toMatchObject({ accepted: 0, rejected: 1 });
  return (answer['errors'] as readonly Json[]).map(({ field, rule }) => `${field} ${rule}`);
};

const context = { device: { token: 'tok', type: 'iOS' }, app: { version: '1.2' } };
/** The time of the servers of these tests, in seconds. */
const NOW = 1_767_268_800;

describe('events of devices', () => {
  it.each(['Application Installed', 'Application Opened', 'Device Created or Updated'])(
    '%s with a person and a token add the device, and are no events',
    async (event) => {
      const properties = { build: 7, since: '2026-01-01' };
      expect(await recordOf({ event, userId: 'u1', context, properties })).toEqual({
        topic: 'customerio.identify',
        key: 'u1',
        type: 'device',
        userId: 'u1',
        anonymousId: undefined,
        identifiers: { id: 'u1' },
        payload: {
          action: 'add_device',
          device: {
            token: 'tok',
            platform: 'ios',
            last_used: NOW,
            attributes: { app_version: '1.2', build: 7, since: 1_767_225_600 },
          },
        },
      });
    },
  );

  it.each(['Application Uninstalled', 'Device Deleted'])('%s delete it', async (event) => {
    expect(await recordOf({ event, userId: 'u1', context })).toMatchObject({
      type: 'device',
      payload: { action: 'delete_device', device: { token: 'tok' } },
    });
  });

  it.each([
    ['ios', 'ios'],
    ['watchOS', 'ios'],
    ['iPadOS', 'ios'],
    ['tvos', 'ios'],
    ['Android', 'android'],
  ])('name the platform %s as %s', async (type, platform) => {
    const record = await recordOf({
      event: 'Application Opened',
      userId: 'u1',
      context: { device: { token: 't', type } },
    });
    expect(record).toMatchObject({ payload: { device: { platform } } });
  });

  it('may bring the device in their properties', async () => {
    const properties = { device: { token: 'tok', type: 'android' }, plan: 'pro' };
    expect(await recordOf({ event: 'Device Created or Updated', userId: 'u1', properties })).toMatchObject({
      payload: { device: { token: 'tok', platform: 'android', attributes: { plan: 'pro' } } },
    });
    const deleted = await recordOf({ event: 'Device Deleted', userId: 'u1', properties });
    expect(deleted).toMatchObject({ payload: { action: 'delete_device', device: { token: 'tok' } } });
  });

  it.each([
    ['no person', { anonymousId: 'a1', context }],
    ['no token', { userId: 'u1' }],
    ['an empty token', { userId: 'u1', context: { device: { token: '', type: 'ios' } } }],
    ['a device that is a text', { userId: 'u1', context: { device: 'iPhone' } }],
    ['a platform without push', { userId: 'u1', context: { device: { token: 't', type: 'web' } } }],
  ])('are events where there is %s', async (_what, event) => {
    expect(await recordOf({ event: 'Application Opened', ...event })).toMatchObject({
      topic: 'customerio.track',
      type: 'track',
      payload: { event: 'Application Opened' },
    });
  });
});

describe('commands about people', () => {
  it.each([
    ['User Deleted', 'delete'],
    ['User Suppressed', 'suppress'],
    ['User Unsuppressed', 'unsuppress'],
  ])('%s becomes %s', async (event, type) => {
    expect(await recordOf({ event, userId: 'ada@example.com' })).toMatchObject({
      topic: 'customerio.identify',
      key: 'ada@example.com',
      type,
      payload: {},
      identifiers: { email: 'ada@example.com' },
    });
    expect(await rulesOf({ event, anonymousId: 'a1' })).toEqual(['userId is required']);
  });

  it('write a line each where they take something away', async () => {
    await recordOf({ event: 'User Deleted', userId: 'u1' });
    await recordOf({ event: 'User Suppressed', userId: 'u1' });
    await recordOf({ event: 'User Unsuppressed', userId: 'u1' });
    expect(logger.of('person.command').map(({ fields }) => fields)).toMatchObject([
      { source: 'shop', type: 'delete', messageId: 'm1' },
      { source: 'shop', type: 'suppress', messageId: 'm1' },
    ]);
  });
});

describe('commands about objects', () => {
  it.each([
    ['Object Deleted', 'delete'],
    ['Relationship Deleted', 'delete_relationships'],
  ])('%s becomes %s', async (event, action) => {
    const properties = { objectId: 'acme', object_type_id: 2 };
    expect(await recordOf({ event, anonymousId: 'a1', properties })).toMatchObject({
      topic: 'customerio.identify',
      key: 'a1',
      type: 'object',
      payload: { action, object: { object_type_id: '2', object_id: 'acme' } },
    });
    expect(await recordOf({ event, userId: 'u1', properties: { objectId: '2026-01-01' } })).toMatchObject({
      payload: { object: { object_type_id: '1', object_id: '2026-01-01' } },
    });
    const both = { objectId: 'acme', objectTypeId: 3, object_type_id: 2 };
    expect(await recordOf({ event, userId: 'u1', properties: both })).toMatchObject({
      payload: { object: { object_type_id: '2' } },
    });
    expect(await rulesOf({ event, userId: 'u1' })).toEqual(['properties.objectId is required']);
  });
});

describe('reports', () => {
  it('of a delivery become a metric', async () => {
    const properties = {
      deliveryId: 'RPs',
      metric: 'clicked',
      recipient: 'ada@example.com',
      href: 'https://shop.example',
      actionName: 'buy',
      actionValue: 'now',
    };
    expect(await recordOf({ event: 'Report Delivery Event', userId: 'u1', properties })).toMatchObject({
      topic: 'customerio.track',
      type: 'metric',
      payload: {
        delivery_id: 'RPs',
        metric: 'clicked',
        recipient: 'ada@example.com',
        href: 'https://shop.example',
        metadata: { action_name: 'buy', action_value: 'now' },
      },
    });
  });

  it('of a delivery are refused without its parts, each named', async () => {
    const event = 'Report Delivery Event';
    const metrics = 'delivered, opened, clicked, converted, spammed, bounced, dropped, deferred';
    expect(await rulesOf({ event, userId: 'u1' })).toEqual([
      'properties.deliveryId is required',
      `properties.metric must be one of ${metrics}`,
    ]);
    const properties = { deliveryId: 'RPs', metric: 'bounced', reason: 5 };
    expect(await rulesOf({ event, userId: 'u1', properties })).toEqual([
      'properties.reason must be a string',
    ]);
  });

  it('of content become the person’s action', async () => {
    const properties = { actionType: 'viewed_content', contentId: 3 };
    expect(
      await recordOf({ event: 'Report Content Event', userId: 'u1', anonymousId: 'a1', properties }),
    ).toMatchObject({
      topic: 'customerio.track',
      type: 'content',
      payload: { action: 'viewed_content', attributes: { contentId: 3, anonymous_id: 'a1' } },
    });
    const bad = { event: 'Report Content Event', anonymousId: 'a1', properties: { actionType: 'liked' } };
    expect(await rulesOf(bad)).toEqual([
      'properties.actionType must be one of viewed_content, clicked_content',
    ]);
  });
});

describe('names', () => {
  it.each(['user deleted', 'User deleted', ' User Deleted', 'constructor', '__proto__'])(
    'that differ in a letter are events: %j',
    async (event) => {
      expect(await recordOf({ event, userId: 'u1' })).toMatchObject({ type: 'track' });
    },
  );

  it('are events where events travel as they were sent', async () => {
    await server.close();
    server = await startIngest({ mapping: 'as-sent' });
    for (const event of ['User Deleted', 'Application Opened', 'Report Delivery Event']) {
      expect(await recordOf({ event, userId: 'u1', context })).toMatchObject({
        type: 'track',
        payload: { event },
      });
    }
  });
});
