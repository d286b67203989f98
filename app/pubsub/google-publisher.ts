import type { CallOptions } from '@google-cloud/pubsub';
import { connected, type GooglePlace, googleConfig, once } from './google-client.ts';
import { repeatWithin } from './repeat-within.ts';
import { StreamError } from './stream-error.ts';
import type { TopicMessage } from './to-message.ts';

/** A topic that can be published to. */
export interface TopicPublisher {
  /**
   * Publishes messages in one request, which is repeated while it fails early.
   *
   * @param withinMs milliseconds for all of it
   * @throws StreamError `refused`, `late` or `unavailable`; none of them is known to be stored then
   */
  publish(messages: readonly TopicMessage[], withinMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Options of {@link connectPublisher}. */
export interface PublisherOptions extends GooglePlace {
  readonly topic: string;
  /** How long a connection may take, in milliseconds. */
  readonly connectMs: number;
}

/** Statuses of gRPC that are no passing trouble, and what to do. */
const REFUSALS: Readonly<Record<number, string>> = {
  3: 'the request is not valid',
  5: 'there is no such topic or subscription: check PUBSUB_PROJECT and PUBSUB_TOPIC',
  7: 'this account may not: give it roles/pubsub.publisher on a topic, roles/pubsub.subscriber on a subscription',
  16: 'the credentials are not accepted',
};
const INVALID_ARGUMENT = 3;
/** What a call ends with that took all its time. */
export const DEADLINE_EXCEEDED = 4;
/** Cancelled, unknown, resource exhausted, aborted, internal, unavailable: as Google's own settings, but for what took all its time. */
const PASSING: ReadonlySet<number | undefined> = new Set([1, 2, 8, 10, 13, 14]);
const MESSAGE_CHARACTERS = 300;

/** The status of gRPC in an error of Google's client. */
export const statusOf = (error: unknown): number | undefined =>
  Error.isError(error) && 'code' in error && typeof error.code === 'number' ? error.code : undefined;

/** A fault of Pub/Sub or of the way to it, in our words. */
export const toStreamError = (error: unknown): StreamError => {
  const status = statusOf(error);
  const refusal = status === undefined ? undefined : REFUSALS[status];
  const text = (Error.isError(error) ? error.message : String(error)).slice(0, MESSAGE_CHARACTERS);
  if (status === DEADLINE_EXCEEDED) {
    return new StreamError('late', `Pub/Sub did not answer in time: ${text}`, error);
  }
  return refusal === undefined
    ? new StreamError('unavailable', `Pub/Sub is not available: ${text}`, error)
    : new StreamError('refused', `Pub/Sub refused: ${refusal} (${text})`, error);
};

const isPassing = (error: unknown): boolean => PASSING.has(statusOf(error));

/** Whether a request may have been refused for the sake of one of its messages. */
export const mayBeOneMessage = (error: unknown): boolean =>
  error instanceof StreamError && statusOf(error.cause) === INVALID_ARGUMENT;

/** How a publish is called: alone, for the client would gather messages itself. */
const publishOptions = (leftMs: number): CallOptions => ({ ...once(leftMs), isBundling: false });

/** Loads Google's client, which takes 0.1 to 0.5 s. Nothing is connected yet. */
export const loadPublisher = async () => {
  const { PublisherClient } = await import('@google-cloud/pubsub/build/src/v1/publisher_client.js');
  return PublisherClient;
};

/**
 * Loads Google's client and connects to Pub/Sub.
 *
 * @throws StreamError when there are no credentials or there is no connection in time
 */
export const connectPublisher = async (options: PublisherOptions): Promise<TopicPublisher> => {
  const { project, topic, connectMs } = options;
  const PublisherClient = await loadPublisher();
  const unconnected = new PublisherClient(await googleConfig(options));
  const client = await connected(unconnected, connectMs).catch((error: unknown) => {
    throw toStreamError(error);
  });
  const path = `projects/${project}/topics/${topic}`;
  const publish = async (messages: readonly TopicMessage[], withinMs: number): Promise<void> => {
    const request = { topic: path, messages: [...messages] };
    try {
      await repeatWithin(withinMs, (leftMs) => client.publish(request, publishOptions(leftMs)), {
        isPassing,
      });
    } catch (error) {
      throw toStreamError(error);
    }
  };
  return { publish, close: () => client.close() };
};
