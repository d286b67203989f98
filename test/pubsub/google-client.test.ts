import { describe, expect, it } from '@jest/globals';
import { connected, googleConfig, once } from '../../app/pubsub/google-client.ts';
import { toStreamError } from '../../app/pubsub/google-publisher.ts';

type Ready = (deadline: number, done: (error?: Error) => void) => void;

const clientOf = (initialize: () => Promise<{ waitForReady: Ready }>) => {
  const client = {
    initialize,
    closed: 0,
    /** As the real one, which waits for its credentials: never done where they never come. */
    close: (): Promise<void> => {
      client.closed += 1;
      return new Promise(() => undefined);
    },
  };
  return client;
};

describe('a client of Google', () => {
  it('is connected once it is ready', async () => {
    const client = clientOf(async () => ({ waitForReady: (_deadline, done) => done() }));
    expect(await connected(client, 1_000)).toBe(client);
    expect(client.closed).toBe(0);
  });

  it('is given up, and closed without waiting for that, where its credentials never come', async () => {
    const client = clientOf(() => new Promise(() => undefined));
    await expect(connected(client, 20)).rejects.toThrow('no connection within 20 ms');
    expect(client.closed).toBe(1);
  });

  it('is given up with the fault of its connection', async () => {
    const refused = new Error('refused');
    const client = clientOf(async () => ({ waitForReady: (_deadline, done) => done(refused) }));
    await expect(connected(client, 1_000)).rejects.toBe(refused);
    expect(client.closed).toBe(1);
  });
});

describe('the settings of a client', () => {
  it.each([
    ['localhost:8085', 'localhost', 8085],
    ['http://localhost:8085', 'localhost', 8085],
    ['[::1]:8085', '[::1]', 8085],
    ['pubsub', 'pubsub', 80],
  ])('of the emulator %s have its host and port, and no TLS', async (emulatorHost, servicePath, port) => {
    const config = await googleConfig({ project: 'acme', emulatorHost });
    expect(config).toMatchObject({ projectId: 'acme', servicePath, port });
    expect(config.sslCreds?._isSecure()).toBe(false);
  });

  it('of Google itself leave address, TLS and credentials to its client', async () => {
    const config = await googleConfig({ project: 'acme' });
    for (const name of ['servicePath', 'port', 'sslCreds', 'clientOptions'])
      expect(config).not.toHaveProperty(name);
  });

  it('refuse what is no address', async () => {
    await expect(googleConfig({ project: 'acme', emulatorHost: 'a b:c' })).rejects.toThrow(
      'must be host:port',
    );
  });
});

describe('a call of Google’s client', () => {
  it('has all of its time for one try, and repeats nothing', () => {
    expect(once(2_350)).toEqual({ timeout: 2_350, retry: { retryCodes: [] } });
  });

  it.each([
    [4, 'late'],
    [14, 'unavailable'],
    [8, 'unavailable'],
    [7, 'refused'],
    [5, 'refused'],
    [undefined, 'unavailable'],
  ])('that ends with status %p is %s', (code, expected) => {
    expect(toStreamError(Object.assign(new Error('no'), { code })).code).toBe(expected);
  });
});
