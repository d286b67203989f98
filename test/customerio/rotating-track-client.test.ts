import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rotatingTrackClient, type TrackCredential } from '../../app/customerio/rotating-track-client.ts';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';

let seen: (string | undefined)[];
let options: { region: 'us'; url: string; timeoutMs: number; connections: number };
let close: () => Promise<void>;

beforeEach(async () => {
  seen = [];
  const { server, port } = await listen(
    (request, response) => {
      seen.push(request.headers.authorization);
      request.resume();
      request.on('end', () => response.end('{}'));
    },
    0,
    '127.0.0.1',
  );
  close = () => closeServer(server, 0);
  options = { region: 'us', url: `http://127.0.0.1:${port}/api/v1`, timeoutMs: 1000, connections: 2 };
});
afterEach(() => close());

describe('rotatingTrackClient', () => {
  it('sends by the credential of now', async () => {
    let credential: TrackCredential = { siteId: 's', apiKey: 'k1' };
    const api = rotatingTrackClient(() => credential, options);
    const remove = { type: 'person', action: 'delete', identifiers: { id: 'u1' } } as const;
    await api.batch([remove]);
    await api.entity(remove);
    credential = { siteId: 's', apiKey: 'k2' };
    await api.entity(remove);
    credential = { siteId: 't', apiKey: 'k2' };
    expect(await api.trackAnonymous('a1', { name: 'x' })).toEqual({ status: 200, json: {} });
    const report = { delivery_id: 'd1', metric: 'opened' };
    expect(await api.reportMetric(report)).toEqual({ status: 200, json: {} });
    expect(seen).toEqual(['s:k1', 's:k1', 's:k2', 't:k2', 't:k2'].map((pair) => `Basic ${btoa(pair)}`));
  });

  it('sends nothing without one', async () => {
    const api = rotatingTrackClient(() => undefined, options);
    const unsent = { fault: 'credential_unset' };
    expect(await api.batch([])).toEqual(unsent);
    expect(await api.entity({ type: 'person', action: 'delete' })).toEqual(unsent);
    expect(await api.trackAnonymous('a1', { name: 'x' })).toEqual(unsent);
    expect(await api.reportMetric({ delivery_id: 'd1', metric: 'opened' })).toEqual(unsent);
    expect(seen).toEqual([]);
  });
});
