import type { Admin } from 'kafkajs';
import { LOCAL_PARTITIONS, type TopicSettings } from '../contract/topics.ts';
import { createKafka } from './kafkajs-client.ts';
import { faultOf } from './kafkajs-credentials.ts';
import { KafkajsSender } from './kafkajs-sender.ts';
import { type KafkajsBusOptions, SETTINGS } from './kafkajs-settings.ts';
import { KafkajsSubscription } from './kafkajs-subscription.ts';
import { tlsOf } from './kafkajs-tls.ts';
import { ensureTopics } from './kafkajs-topics.ts';
import {
  type Bus,
  BusError,
  type BusListener,
  type BusSubscription,
  type OutgoingRecord,
  type Position,
  type SubscribeOptions,
} from './port.ts';
import { within } from './within.ts';

/**
 * A {@link Bus} on Kafka, by kafkajs 2.2.4. Sends fail within about 8 s while no broker answers and work again when one
 * does; a subscription outlives the brokers' restarts. Both outlive a credential that is refused, once a good one is there.
 *
 * @example
 * const bus = new KafkajsBus({ brokers: ['127.0.0.1:9092'], clientId: 'ingest', logger: pino() });
 * await bus.connect();
 */
export class KafkajsBus implements Bus {
  readonly #options: KafkajsBusOptions;
  readonly #sender: KafkajsSender;
  readonly #subscriptions = new Set<BusSubscription>();
  #closed = false;

  /** @throws Error naming KAFKA_CA when `ssl.ca` holds no certificate, or one that cannot be read */
  constructor(options: KafkajsBusOptions) {
    tlsOf(options.ssl);
    this.#options = options;
    this.#sender = new KafkajsSender(options);
  }

  /** @throws BusError `unavailable`, `authentication_failed` */
  async connect(): Promise<void> {
    await this.#sender.connect(SETTINGS.connectWithin);
  }

  async ensureTopics(
    topics: readonly TopicSettings[],
    mode: 'create' | 'verify',
    partitions: number = LOCAL_PARTITIONS,
  ): Promise<void> {
    const limits = await this.#asAdmin('looking at the topics', (admin) =>
      ensureTopics(admin, { topics, mode, partitions }),
    );
    for (const [topic, bytes] of limits) this.#sender.setMaxMessageBytes(topic, bytes);
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    await this.#sender.send(records);
  }

  async subscribe(options: SubscribeOptions, listener: BusListener): Promise<BusSubscription> {
    if (this.#closed) throw new BusError('unavailable', 'the bus is closed');
    const member = new KafkajsSubscription(this.#options, options, listener);
    const subscription: BusSubscription = {
      commit: (generation, positions) => member.commit(generation, positions),
      pause: (partitions) => member.pause(partitions),
      resume: (partitions) => member.resume(partitions),
      stop: async () => {
        if (this.#subscriptions.delete(subscription)) await member.stop();
      },
    };
    this.#subscriptions.add(subscription);
    member.start();
    return subscription;
  }

  async endOffsets(topic: string): Promise<readonly Position[]> {
    const offsets = await this.#asAdmin(`reading the ends of ${topic}`, (admin) =>
      admin.fetchTopicOffsets(topic),
    );
    return offsets.map(({ partition, high }) => ({ topic, partition, offset: Number(high) }));
  }

  async offsetsAt(topic: string, time: number): Promise<readonly Position[]> {
    const offsets = await this.#asAdmin(`looking for a time in ${topic}`, (admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, time),
    );
    return offsets.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const stopping = [...this.#subscriptions].map((subscription) => subscription.stop());
    await Promise.all([...stopping, this.#sender.close()]);
  }

  async #asAdmin<T>(doing: string, use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = createKafka(this.#options).admin();
    try {
      await within(SETTINGS.connectWithin, 'connecting to Kafka', admin.connect());
      return await use(admin);
    } catch (error) {
      throw faultOf(this.#options, error, doing);
    } finally {
      void admin.disconnect().catch(() => undefined);
    }
  }
}
