import { describe, expect, it } from '@jest/globals';
import type { Operation } from '../../app/contract/operations.ts';
import { CustomerIOError } from '../../app/customerio/customerio-error.ts';
import { CustomerIOService } from '../../app/customerio/customerio-service.ts';
import type { ApiAnswer, TrackApi } from '../../app/customerio/port.ts';

const apiOf = (answer: ApiAnswer): TrackApi & { readonly sent: unknown[] } => {
  const sent: unknown[] = [];
  const take = async (what: unknown): Promise<ApiAnswer> => {
    sent.push(what);
    return answer;
  };
  return {
    sent,
    batch: take,
    entity: take,
    trackAnonymous: (id, event) => take([id, event]),
    reportMetric: take,
  };
};

const listen = (service: CustomerIOService): unknown[] => {
  const heard: unknown[] = [];
  for (const kind of ['identify', 'track'] as const) {
    service.on(`${kind}:start`, (event) => heard.push([`${kind}:start`, event]));
    service.on(`${kind}:success`, (event) => heard.push([`${kind}:success`, event]));
    service.on(`${kind}:error`, (event) => heard.push([`${kind}:error`, event]));
  }
  return heard;
};

const id = '01J9Z3M8Q4N6T1V5W7X9Y2B3C4';
const operations: Operation[] = [
  { type: 'person', action: 'identify', identifiers: { id: 'u1' } },
  { type: 'person', action: 'event', identifiers: { id: 'u1' }, id: 'e1' },
  { type: 'person', action: 'page', identifiers: { id: 'u1' }, id: 'e2' },
];

describe('CustomerIOService', () => {
  it('tells the start and the success of a call', async () => {
    const service = new CustomerIOService(apiOf({ status: 200, json: {} }), () => 5000);
    const heard = listen(service);
    await service.trackEvent('u1', 'Bought', {}, { id });
    expect(heard).toEqual([
      ['track:start', { ids: [id], attempt: 1 }],
      ['track:success', { ids: [id], attempt: 1, durationMs: 0 }],
    ]);
  });

  it('tells the refused items of a batch apart', async () => {
    const service = new CustomerIOService(
      apiOf({ status: 207, json: { errors: [{ batch_index: 1 }] } }),
      () => 0,
    );
    const heard = listen(service);
    await service.batch(operations, 3);
    expect(heard).toEqual([
      ['identify:start', { ids: ['u1'], attempt: 3 }],
      ['track:start', { ids: ['e1', 'e2'], attempt: 3 }],
      ['identify:success', { ids: ['u1'], attempt: 3, durationMs: 0 }],
      ['track:success', { ids: ['e2'], attempt: 3, durationMs: 0 }],
      ['track:error', { ids: ['e1'], attempt: 3, durationMs: 0, code: 'refused' }],
    ]);
  });

  it.each<[Operation, 'identify' | 'track', string]>([
    [{ type: 'person', action: 'delete', identifiers: { email: 'a@b.example' } }, 'identify', 'a@b.example'],
    [{ type: 'person', action: 'merge', primary: { cio_id: '03' }, secondary: {} }, 'identify', '03'],
    [
      { type: 'object', action: 'delete', identifiers: { object_type_id: '1', object_id: 'o' } },
      'identify',
      'o',
    ],
    [
      { type: 'person', action: 'viewed_content', identifiers: { anonymous_id: 'a1' }, id: 'e1' },
      'track',
      'e1',
    ],
  ])('names in its lifecycle events whom or what %j is about', async (operation, kind, name) => {
    const service = new CustomerIOService(apiOf({ status: 200, json: {} }), () => 0);
    const heard = listen(service);
    await service.batch([operation]);
    expect(heard[0]).toEqual([`${kind}:start`, { ids: [name], attempt: 1 }]);
  });

  it('tells the report of a delivery as a track by the delivery’s id', async () => {
    const service = new CustomerIOService(apiOf({ status: 400, json: {} }), () => 0);
    const heard = listen(service);
    await service.report({ delivery_id: 'd1', metric: 'opened' }, 2);
    expect(heard).toEqual([
      ['track:start', { ids: ['d1'], attempt: 2 }],
      ['track:error', { ids: ['d1'], attempt: 2, durationMs: 0, code: 'http_400' }],
    ]);
    const reported = service.reportMetric({ delivery_id: 'd1', metric: 'opened' });
    await expect(reported).rejects.toThrow(CustomerIOError);
  });

  it('computes no names while nobody listens', async () => {
    const service = new CustomerIOService(apiOf({ status: 200, json: {} }));
    const trap = new Proxy([] as Operation[], {
      get: () => {
        throw new Error('looked at');
      },
    });
    expect(await service.batch(trap)).toEqual({ status: 200, json: {} });
  });

  it('sends one request a call', async () => {
    const api = apiOf({ status: 200, json: {} });
    const service = new CustomerIOService(api, () => 5999);
    await service.identifyUser('u1', { a: 1 });
    await service.page('u1', 'Home', {}, { id });
    await service.screen('u1', 'Home', {}, { id, timestamp: 1 });
    await service.group('u1', 'g1');
    await service.alias('u1', 'old');
    await service.trackAnonymous('a1', { name: 'x' });
    await service.reportMetric({ delivery_id: 'd1', metric: 'opened' });
    expect(api.sent).toMatchObject([
      { action: 'identify', timestamp: 5 },
      { action: 'page', timestamp: 5 },
      { action: 'screen', timestamp: 1 },
      { type: 'object' },
      { action: 'merge' },
      ['a1', { name: 'x' }],
      { delivery_id: 'd1', metric: 'opened' },
    ]);
  });

  it.each([
    [{ status: 400, json: { errors: [] } }, 'http_400', false],
    [{ status: 503 }, 'http_503', true],
    [{ status: 429, json: {} }, 'http_429', true],
    [{ status: 200 }, 'http_200', true],
    [{ fault: 'ECONNRESET' }, 'ECONNRESET', true],
  ])('rejects when the answer is %j', async (answer, code, retryable) => {
    const service = new CustomerIOService(apiOf(answer));
    const heard = listen(service);
    const error = await service.identifyUser('u1').catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(CustomerIOError);
    expect(error).toMatchObject({ code, retryable });
    expect(heard).toMatchObject([
      ['identify:start', {}],
      ['identify:error', { code }],
    ]);
  });
});
