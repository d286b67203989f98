import { afterEach } from '@jest/globals';
import { APIClient, TrackClient } from 'customerio-node';
import {
  type FakeCustomerIoOptions,
  startFakeCustomerIo,
} from '../../../app/local/fake-customerio/fake-customerio.ts';

type Json = Record<string, unknown>;

/** What the controls show of a person. */
export interface PersonView {
  readonly id: string | null;
  readonly cio_id: string;
  readonly attributes: Json;
  readonly events: readonly {
    name: string;
    id?: string;
    type: string;
    timestamp: number;
    attributes: Json;
  }[];
  readonly arrivals: readonly Json[];
  readonly devices: readonly Json[];
  readonly relationships: readonly Json[];
}

/** One reporting webhook event. */
export interface WebhookEvent {
  readonly event_id: string;
  readonly object_type: string;
  readonly metric: string;
  readonly timestamp: number;
  readonly data: Json;
}

/** What the controls show of a webhook. */
export interface EndpointView {
  readonly id: number;
  readonly endpoint: string;
  readonly waiting: number;
  readonly sent: number;
  readonly failed: number;
  readonly expired: number;
  readonly overflowed: number;
  readonly discarded: number;
  readonly last: string | null;
  readonly blocked_until: string | null;
}

export const AUTHORIZATION = `Basic ${Buffer.from('local:local').toString('base64')}`;
export const ULID = '01J9Z3M8Q4N6T1V5W7X9Y2B3C4';

const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
});

/** A fake of its own for one test, closed after it, and ways to talk to it. */
export const startFake = async (options: FakeCustomerIoOptions = {}) => {
  const server = await startFakeCustomerIo(options);
  running.push(server);
  const { url, trackUrl, appUrl } = server;
  const v2Url = trackUrl.replace('/v1', '/v2');
  const client = new TrackClient('local', 'local', { url: trackUrl, retry: { maxRetries: 0 } });
  const app = new APIClient('local', { url: appUrl, retry: { maxRetries: 0 } });
  const send = (method: string, target: string, body?: unknown) =>
    fetch(target, {
      method,
      headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const control = async (path: string): Promise<unknown> => (await fetch(`${url}/_control${path}`)).json();
  const person = async (id: string): Promise<PersonView> =>
    (await control(`/people/${encodeURIComponent(id)}`)) as PersonView;
  return {
    ...server,
    v2Url,
    client,
    app,
    send,
    control,
    person,
    people: async () => (await control('/people')) as PersonView[],
    exists: async (id: string) =>
      (await fetch(`${url}/_control/people/${encodeURIComponent(id)}`)).status === 200,
    entity: (body: unknown) => send('POST', `${v2Url}/entity`, body),
    batch: (batch: unknown) => send('POST', `${v2Url}/batch`, { batch }),
    v1: (method: string, path: string, body?: unknown) => send(method, `${trackUrl}${path}`, body),
    /** Posts to a control. */
    command: (path: string, body: unknown) => send('POST', `${url}/_control${path}`, body),
    /** Emits one webhook event. */
    emit: async (body: Json) =>
      (await (await send('POST', `${url}/_control/webhooks`, body)).json()) as WebhookEvent,
    /** The state of each endpoint. */
    endpoints: async () => ((await control('/webhooks')) as { endpoints: EndpointView[] }).endpoints,
    faults: (list: unknown) => send('POST', `${url}/_control/faults`, list),
  };
};

/** A v2 identify. */
export const identifyOf = (id: string, attributes: Json = {}, more: Json = {}) => ({
  type: 'person',
  identifiers: { id },
  action: 'identify',
  attributes,
  ...more,
});

/** A v2 event. */
export const eventOf = (id: string, name: string, more: Json = {}) => ({
  type: 'person',
  identifiers: { id },
  action: 'event',
  name,
  ...more,
});

/** Status and parsed body of an answer. */
export const read = async (answer: Response | Promise<Response>) => {
  const response = await answer;
  return { status: response.status, body: (await response.json()) as Json };
};
