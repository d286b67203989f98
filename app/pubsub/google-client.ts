import type { CallOptions, v1 } from '@google-cloud/pubsub';
import { within } from './within.ts';

/** Where Pub/Sub is. */
export interface GooglePlace {
  readonly project: string;
  /** `host:port` of an emulator, without TLS and credentials. @default Google's */
  readonly emulatorHost?: string | undefined;
}

/** Settings of one of the generated clients of Pub/Sub's API. */
export type GoogleConfig = NonNullable<ConstructorParameters<typeof v1.PublisherClient>[0]>;

/**
 * A dead connection is noticed by a ping within half a minute instead of five, and a server that comes back is found within
 * two seconds instead of up to two minutes.
 */
const CHANNEL = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 2_000,
};

const HTTP = 80;

/** Without TLS. `clientOptions`: else credentials, which an emulator does not need, are looked for over the network. */
const emulated = async (host: string): Promise<GoogleConfig> => {
  const url = URL.parse(/^https?:\/\//.test(host) ? host : `http://${host}`);
  if (url === null) throw new Error('PUBSUB_EMULATOR_HOST must be host:port, such as localhost:8085');
  const { credentials } = await import('@grpc/grpc-js');
  return {
    servicePath: url.hostname,
    port: Number(url.port || HTTP),
    sslCreds: credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  };
};

/**
 * How a generated client is made. Import the client itself by its own file: the package's index loads a megabyte more, above all
 * static code for messages that the generated clients do not use.
 *
 * @example
 * const { PublisherClient } = await import('@google-cloud/pubsub/build/src/v1/publisher_client.js');
 * const publisher = new PublisherClient(await googleConfig({ project: 'acme' }));
 */
export const googleConfig = async ({ project, emulatorHost }: GooglePlace): Promise<GoogleConfig> => ({
  projectId: project,
  ...CHANNEL,
  ...(emulatorHost !== undefined && (await emulated(emulatorHost))),
});

/** A call that is made once and may take so many milliseconds: the client repeats nothing by itself. */
export const once = (timeout: number): CallOptions => ({ timeout, retry: { retryCodes: [] } });

/** A part of the client as far as connecting goes. */
interface Connectable {
  // biome-ignore lint/complexity/noBannedTypes: the client's own declaration
  initialize(): Promise<Readonly<Record<string, Function>>>;
  close(): Promise<void>;
}

/**
 * Connects a client. It must be done before its first call: a call of a client that cannot be set up ends the process, for
 * its rejection has no handler (`this.initialize().catch((err) => { throw err; })` in each of its methods).
 *
 * @param withinMs milliseconds until there must be a connection
 * @throws Error when there are no credentials, or there is no connection in time; the client is closed then
 */
export const connected = async <C extends Connectable>(client: C, withinMs: number): Promise<C> => {
  const ready = async (): Promise<void> => {
    const stub = await client.initialize();
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      stub['waitForReady']?.(Date.now() + withinMs, done);
    });
  };
  try {
    // Credentials are looked for over the network too, with no limit of their own.
    await within(ready(), withinMs, () => new Error(`no connection within ${withinMs} ms`));
    return client;
  } catch (error) {
    // Not waited for: it waits for the credentials itself.
    client.close().catch(() => undefined);
    throw error;
  }
};
