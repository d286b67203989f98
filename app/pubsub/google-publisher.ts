import type { CallOptions } from '@google-cloud/pubsub';
import { connected, type GooglePlace, loadGoogle } from './google-client.ts';
import { StreamError } from './stream-error.ts';
import type { TopicMessage } from './to-message.ts';

/** A topic that can be published to. */
export interface TopicPublisher {
  /**
   * Publishes messages in one request.
   *
   * @throws StreamError `refused` or `unavailable`; none of them is known to be stored then
   */
  publish(messages: readonly TopicMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** Options of {@link connectPublisher}. Times in milliseconds. */
export interface PublisherOptions extends GooglePlace {
  readonly topic: string;
  /** How long one publish is tried. */
  readonly totalMs: number;
  /** How long a connection may take. */
  readonly connectMs: number;
  /** Replaces how calls are made and repeated. @default {@link callOptions} */
  readonly gaxOptions?: CallOptions | undefined;
}

/** Statuses of gRPC that are no passing trouble, and what to do. */
const REFUSALS: Readonly<Record<number, string>> = {
  3: 'the request is not valid',
  5: 'there is no such topic or subscription: check PUBSUB_PROJECT and PUBSUB_TOPIC',
  7: 'this account may not: give it roles/pubsub.publisher on a topic, roles/pubsub.subscriber on a subscription',
  16: 'the credentials are not accepted',
};
const INVALID_ARGUMENT = 3;
/** Cancelled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable: as Google's own settings. */
const RETRIED = [1, 2, 4, 8, 10, 13, 14];
const MESSAGE_CHARACTERS = 300;

/** The status of gRPC in an error of Google's client. */
export const statusOf = (error: unknown): number | undefined =>
  Error.isError(error) && 'code' in error && typeof error.code === 'number' ? error.code : undefined;

/** A fault of Pub/Sub or of the way to it, in our words. */
export const toStreamError = (error: unknown): StreamError => {
  const status = statusOf(error);
  const refusal = status === undefined ? undefined : REFUSALS[status];
  // After retries it lists the fault of each.
  const text = (Error.isError(error) ? error.message : String(error)).slice(0, MESSAGE_CHARACTERS);
  return refusal === undefined
    ? new StreamError('unavailable', `Pub/Sub is not available: ${text}`, error)
    : new StreamError('refused', `Pub/Sub refused: ${refusal} (${text})`, error);
};

/** Whether a request may have been refused for the sake of one of its messages. */
export const mayBeOneMessage = (error: unknown): boolean =>
  error instanceof StreamError && statusOf(error.cause) === INVALID_ARGUMENT;

/** How a publish is called: tried for so long, each try at most half of it, at once and then with growing pauses. */
export const callOptions = (totalMs: number): CallOptions => ({
  isBundling: false,
  retry: {
    retryCodes: RETRIED,
    backoffSettings: {
      initialRetryDelayMillis: 50,
      retryDelayMultiplier: 2,
      maxRetryDelayMillis: 400,
      initialRpcTimeoutMillis: totalMs / 2,
      rpcTimeoutMultiplier: 1,
      maxRpcTimeoutMillis: totalMs / 2,
      totalTimeoutMillis: totalMs,
    },
  },
});

/**
 * Loads Google's client and connects to Pub/Sub.
 *
 * @throws StreamError when there are no credentials or there is no connection in time
 */
export const connectPublisher = async (options: PublisherOptions): Promise<TopicPublisher> => {
  const { project, topic, totalMs, connectMs, gaxOptions } = options;
  const { v1, config } = await loadGoogle(options);
  const client = await connected(new v1.PublisherClient(config), connectMs).catch((error: unknown) => {
    throw toStreamError(error);
  });
  const path = `projects/${project}/topics/${topic}`;
  const publish = async (messages: readonly TopicMessage[]): Promise<void> => {
    try {
      // New options each time: the client writes into them.
      await client.publish({ topic: path, messages: [...messages] }, gaxOptions ?? callOptions(totalMs));
    } catch (error) {
      throw toStreamError(error);
    }
  };
  return { publish, close: () => client.close() };
};
