import type { protos } from '@google-cloud/pubsub';
import { type DeadLetter, type DeadLetters, LEASE_MS, toDeadLetter } from './dead-letters.ts';
import { connected, type GooglePlace, googleConfig, once } from './google-client.ts';
import { connectPublisher, DEADLINE_EXCEEDED, statusOf, toStreamError } from './google-publisher.ts';

/** Options of {@link connectDeadLetters}. */
export interface GoogleDeadLettersOptions extends GooglePlace {
  /** The topic that the letters were published to first. */
  readonly topic: string;
  /** How long a pull waits for a letter, in milliseconds. @default 3000 */
  readonly pullMs?: number;
}

const PULL_MS = 3_000;
const CALL_MS = 10_000;
/** Acknowledgements in one request: their ids are long, and a request has at most 512 KiB. */
const ACKS = 1_000;

type Received = protos.google.pubsub.v1.IReceivedMessage;

const letterOf = ({ ackId, message }: Received): DeadLetter =>
  toDeadLetter({
    id: message?.messageId ?? '',
    ackId: ackId ?? '',
    data: Buffer.from(message?.data ?? ''),
    attributes: message?.attributes ?? {},
    publishedAt: Number(message?.publishTime?.seconds ?? 0) * 1000,
  });

const orStreamError = async <T>(call: Promise<T>): Promise<T> => {
  try {
    return await call;
  } catch (error) {
    throw toStreamError(error);
  }
};

/** The subscription that dead letters of a topic are pulled from. */
export const replaySubscriptionOf = (topic: string): string => `${topic}-dead-replay`;

/**
 * Connects to the dead letters of a topic: its subscription `<topic>-dead-replay`.
 *
 * @throws StreamError when there are no credentials or there is no connection in time
 */
export const connectDeadLetters = async (options: GoogleDeadLettersOptions): Promise<DeadLetters> => {
  const { project, topic, pullMs = PULL_MS } = options;
  const publisher = await connectPublisher({ ...options, connectMs: CALL_MS });
  const { SubscriberClient } = await import('@google-cloud/pubsub/build/src/v1/subscriber_client.js');
  const connecting = connected(new SubscriberClient(await googleConfig(options)), CALL_MS);
  const client = await orStreamError(connecting).catch(async (error: unknown) => {
    await publisher.close();
    throw error;
  });
  const subscription = `projects/${project}/subscriptions/${replaySubscriptionOf(topic)}`;
  const lease = async (letters: readonly Pick<DeadLetter, 'ackId'>[], ms: number): Promise<void> => {
    for (let start = 0; start < letters.length; start += ACKS) {
      const ackIds = letters.slice(start, start + ACKS).map(({ ackId }) => ackId);
      const ackDeadlineSeconds = ms / 1000;
      await orStreamError(
        client.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds }, once(CALL_MS)),
      );
    }
  };
  const received = async (maxMessages: number): Promise<readonly Received[]> => {
    try {
      // A pull that found nothing ends by its time.
      const [answer] = await client.pull({ subscription, maxMessages }, once(pullMs));
      return answer.receivedMessages ?? [];
    } catch (error) {
      if (statusOf(error) === DEADLINE_EXCEEDED) return [];
      throw toStreamError(error);
    }
  };
  return {
    pull: async (most) => {
      const letters = (await received(most)).map(letterOf);
      await lease(letters, LEASE_MS);
      return letters;
    },
    republish: (letters) =>
      publisher.publish(
        letters.map(({ message }) => message),
        CALL_MS,
      ),
    acknowledge: async (letters) => {
      for (let start = 0; start < letters.length; start += ACKS) {
        const ackIds = letters.slice(start, start + ACKS).map(({ ackId }) => ackId);
        await orStreamError(client.acknowledge({ subscription, ackIds }, once(CALL_MS)));
      }
    },
    release: (letters) => lease(letters, 0),
    close: async () => {
      await Promise.all([client.close(), publisher.close()]);
    },
  };
};
