import { setTimeout as delay } from 'node:timers/promises';
import type { ICustomPartitioner, Producer, TopicMessages } from 'kafkajs';
import { createKafka } from './kafkajs-client.ts';
import { faultOf } from './kafkajs-credentials.ts';
import { isTimeout, toBusError } from './kafkajs-errors.ts';
import { type KafkajsBusOptions, SETTINGS } from './kafkajs-settings.ts';
import { partitionOf } from './murmur2.ts';
import { BusError, type OutgoingRecord } from './port.ts';
import { batchBytes, STOCK_MAX_MESSAGE_BYTES } from './record-size.ts';
import { splitByBatchSize } from './split-by-batch-size.ts';
import { within } from './within.ts';

const ALL_IN_SYNC_REPLICAS = -1;

const createPartitioner: ICustomPartitioner = () => {
  let next = 0;
  return ({ partitionMetadata, message }) => {
    const partitions = partitionMetadata.length;
    if (message.key !== null && message.key !== undefined) return partitionOf(message.key, partitions);
    next = (next + 1) % partitions;
    return next;
  };
};

/** Sends records in list order. After a failure the next send starts with a new connection and the credential of then. */
export class KafkajsSender {
  readonly #options: KafkajsBusOptions;
  /** Of each topic that is not a stock broker's: the largest record batch, in bytes. */
  readonly #maxMessageBytes = new Map<string, number>();
  #producer: Promise<Producer> | undefined;
  #closed = false;

  constructor(options: KafkajsBusOptions) {
    this.#options = options;
  }

  /** @throws BusError `unavailable`, `authentication_failed` */
  async connect(milliseconds: number): Promise<void> {
    try {
      await this.#connected(milliseconds);
    } catch (error) {
      throw faultOf(this.#options, error, 'connecting to Kafka');
    }
  }

  /** Tells the largest record batch that the broker takes for `topic`, in bytes. */
  setMaxMessageBytes(topic: string, bytes: number): void {
    this.#maxMessageBytes.set(topic, bytes);
  }

  async send(records: readonly OutgoingRecord[]): Promise<void> {
    for (const record of records) this.#checkSize(record);
    const parts = splitByBatchSize(records, (topic) => this.#limitOf(topic));
    for (const part of parts) await this.#sendPart(part);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const producer = this.#producer;
    this.#producer = undefined;
    await disconnect(producer);
  }

  async #sendPart(records: readonly OutgoingRecord[]): Promise<void> {
    const until = Date.now() + SETTINGS.send.retryWithin;
    for (;;) {
      try {
        const producer = await this.#connected(SETTINGS.send.connectWithin);
        await producer.sendBatch({ acks: ALL_IN_SYNC_REPLICAS, topicMessages: messagesOf(records) });
        return;
      } catch (error) {
        const fault = faultOf(this.#options, error, `sending ${records.length} records`);
        if (fault.code !== 'message_too_large') this.#discard();
        if (!fault.retryable || this.#closed || isTimeout(error) || Date.now() > until) throw fault;
        const { retryDelay, refusedDelay } = SETTINGS.send;
        await delay(fault.code === 'authentication_failed' ? refusedDelay : retryDelay);
      }
    }
  }

  async #connected(milliseconds: number): Promise<Producer> {
    if (this.#closed) throw new BusError('unavailable', 'the bus is closed');
    this.#producer ??= this.#start();
    try {
      return await within(milliseconds, 'connecting to Kafka', this.#producer);
    } catch (error) {
      this.#discard();
      throw toBusError(error, 'connecting to Kafka');
    }
  }

  async #start(): Promise<Producer> {
    const producer = createKafka(this.#options).producer({
      createPartitioner,
      allowAutoTopicCreation: false,
      retry: SETTINGS.producerRetry,
    });
    await producer.connect();
    return producer;
  }

  /** kafkajs keeps a connection that no longer answers: let go of it, and of any state after a failure. */
  #discard(): void {
    const producer = this.#producer;
    this.#producer = undefined;
    void disconnect(producer);
  }

  #checkSize(record: OutgoingRecord): void {
    const bytes = batchBytes(record);
    const most = this.#limitOf(record.topic);
    if (bytes <= most) return;
    throw new BusError(
      'message_too_large',
      `a record of ${bytes} bytes for ${record.topic}, the most is ${most}`,
    );
  }

  #limitOf(topic: string): number {
    return this.#maxMessageBytes.get(topic) ?? STOCK_MAX_MESSAGE_BYTES;
  }
}

function messagesOf(records: readonly OutgoingRecord[]): TopicMessages[] {
  const byTopic = new Map<string, TopicMessages>();
  for (const { topic, key, value, headers } of records) {
    const messages = byTopic.get(topic) ?? { topic, messages: [] };
    byTopic.set(topic, messages);
    messages.messages.push({ key, value, ...(headers === undefined ? {} : { headers: { ...headers } }) });
  }
  return [...byTopic.values()];
}

async function disconnect(producer: Promise<Producer> | undefined): Promise<void> {
  try {
    const connected = await producer;
    await connected?.disconnect();
  } catch {
    // It was never connected, or is gone already: nothing is left to close.
  }
}
