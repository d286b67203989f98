import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type IngestServer, startIngest } from './ingest-server.ts';

type Body = Readonly<Record<string, unknown>>;

interface PipelinesRequest {
  readonly path: string;
  readonly body: Body;
}

/** The examples of the Pipelines API's OpenAPI document, and one request of each of its other shapes. Source: https://docs.customer.io/integrations/api/cdp/. */
const REQUESTS: readonly PipelinesRequest[] = JSON.parse(
  readFileSync(new URL('../fixtures/pipelines-api-requests.json', import.meta.url), 'utf8'),
);

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const nameOf = ({ path, body }: PipelinesRequest): string =>
  `${path} ${String(body['event'] ?? '')} ${Object.keys(body).join(' ')}`;

describe('what is valid at Customer.io’s Pipelines API', () => {
  it.each(REQUESTS.map((request) => [nameOf(request), request] as const))(
    'is taken here: %s',
    async (_name, { path, body }) => {
      const response = await server.post(path, body, { 'X-Strict-Mode': '1' });
      expect(await response.json()).toEqual({ success: true, accepted: 1, rejected: 0, errors: [] });
      expect(response.status).toBe(200);
    },
  );

  it('is taken here as a batch', async () => {
    const batch = REQUESTS.map(({ path, body }) => ({ ...body, type: path.slice('/v1/'.length) }));
    const response = await server.post('/v1/batch', { batch });
    expect(await response.json()).toEqual({
      success: true,
      accepted: REQUESTS.length,
      rejected: 0,
      errors: [],
    });
  });

  it.each<[path: string, body: Body, fields: readonly string[]]>([
    ['/v1/identify', { anonymousId: 'a1', traits: { plan: 'pro' } }, ['userId']],
    ['/v1/track', { event: 'Opened', groupId: 'acme' }, ['userId']],
    ['/v1/track', { event: 'Object Deleted', anonymousId: 'a1', properties: {} }, ['properties.objectId']],
    [
      '/v1/track',
      { event: 'Report Delivery Event', properties: { deliveryId: 'd1', metric: 'opened' } },
      ['userId'],
    ],
    [
      '/v1/track',
      { event: 'Report Content Event', anonymousId: 'a1', properties: { activityType: 'x' } },
      ['properties.actionType'],
    ],
    ['/v1/group', { userId: 'u1' }, ['groupId']],
    ['/v1/group', { groupId: 'acme' }, ['userId']],
    ['/v1/batch', {}, ['batch']],
  ])('but leaves out whom or what it is about is refused here by name: %s %j', async (path, body, fields) => {
    const response = await server.post(path, body);
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: readonly { readonly field: string }[] };
    expect(errors.map(({ field }) => field)).toEqual(fields);
  });
});
