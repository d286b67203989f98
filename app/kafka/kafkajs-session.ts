import type { Assigner, Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import type { Generations } from './generations.ts';
import { coPartitionedAssigner } from './kafkajs-assigner.ts';
import { createKafka } from './kafkajs-client.ts';
import { hookGroup, isOfEarlierGeneration } from './kafkajs-group-hooks.ts';
import { groupTimes, type KafkajsBusOptions, SETTINGS } from './kafkajs-settings.ts';
import type { BusRecord, Position, SubscribeOptions, TopicPartition } from './port.ts';

/** The life of one kafkajs consumer: from its connection until it crashes or is stopped. */
export class KafkajsSession {
  readonly #topics: SubscribeOptions;
  readonly #generations: Generations;
  readonly #options: KafkajsBusOptions;
  readonly #consumer: Consumer;
  readonly #ended = Promise.withResolvers<unknown>();
  #membership: ConsumerGroup | undefined;
  #starting: Promise<void> | undefined;
  #stopped = false;

  constructor(options: KafkajsBusOptions, topics: SubscribeOptions, generations: Generations) {
    this.#options = options;
    this.#topics = topics;
    this.#generations = generations;
    this.#consumer = createKafka(options).consumer({
      ...SETTINGS.consumer,
      ...groupTimes(options),
      groupId: topics.group,
      partitionAssigners: [(config) => this.#hooked(coPartitionedAssigner(config))],
    });
    this.#consumer.on('consumer.group_join', ({ payload }) => this.#joined(payload.memberAssignment));
    this.#consumer.on('consumer.crash', ({ payload }) => this.#ended.resolve(payload.error));
  }

  /**
   * Runs the consumer until it ends.
   *
   * @returns why it ended; undefined when it was stopped
   * @throws what kafkajs throws when it cannot connect, or a topic is missing
   */
  async run(): Promise<unknown> {
    this.#starting = this.#start();
    await this.#starting;
    return this.#ended.promise;
  }

  /** Commits once, in the generation at the time of the call; kafkajs's own way would try again in a later one. */
  async commit(positions: readonly Position[]): Promise<void> {
    const topics = Map.groupBy(positions, ({ topic }) => topic);
    await this.#membership?.commitOffsets({
      topics: [...topics].map(([topic, partitions]) => ({
        topic,
        partitions: partitions.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
      })),
    });
  }

  pause(partitions: readonly TopicPartition[]): void {
    if (this.#membership !== undefined) this.#consumer.pause(toKafkajs(partitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    if (this.#membership !== undefined) this.#consumer.resume(toKafkajs(partitions));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ended.resolve(undefined);
    // A consumer that is stopped while it joins would go on afterwards, without anyone who could stop it.
    await this.#starting?.catch(() => undefined);
    this.#membership = undefined;
    await this.#consumer.disconnect();
  }

  async #start(): Promise<void> {
    await this.#consumer.connect();
    if (this.#stopped) return;
    await this.#consumer.subscribe({ topics: [...this.#topics.topics], fromBeginning: true });
    if (this.#stopped) return;
    await this.#consumer.run({ ...SETTINGS.run, eachBatch: async (payload) => this.#take(payload) });
  }

  #hooked(assigner: Assigner): Assigner {
    hookGroup(assigner, {
      beforeJoin: (membership) => {
        this.#generations.end();
        this.#membership = membership;
      },
      offsetLost: (partition) => {
        const fields = { ...partition, code: 'offset_lost', group: this.#topics.group };
        this.#options.logger.error(fields, 'records were lost: the position is not in the log any more');
      },
    });
    return assigner;
  }

  #joined(memberAssignment: Readonly<Record<string, readonly number[]>>): void {
    const assignment = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    if (this.#stopped) return;
    // kafkajs keeps pauses across generations; the port ends them.
    this.#consumer.resume(this.#consumer.paused());
    // The first fetch comes after the join, which waits for this.
    for (const { topic, partition, offset } of this.#topics.from ?? [])
      this.#consumer.seek({ topic, partition, offset: String(offset) });
    this.#options.logger.info(
      { group: this.#topics.group, partitions: assignment.length },
      'joined the group',
    );
    this.#generations.begin(assignment);
  }

  /** A batch that is not taken stays unresolved: kafkajs fetches it again. */
  #take({ batch, resolveOffset }: EachBatchPayload): void {
    const membership = this.#membership;
    if (membership === undefined || isOfEarlierGeneration(membership, batch)) return;
    if (!this.#generations.takes(batch)) return;
    resolveOffset(batch.lastOffset());
    const records = batch.messages.map((message) => toRecord(batch.topic, batch.partition, message));
    this.#generations.deliver(records, Number(batch.highWatermark));
  }
}

const toKafkajs = (partitions: readonly TopicPartition[]): { topic: string; partitions: number[] }[] =>
  partitions.map(({ topic, partition }) => ({ topic, partitions: [partition] }));

function toRecord(topic: string, partition: number, message: KafkaMessage): BusRecord {
  const headers = Object.entries(message.headers ?? {}).flatMap(([name, value]) => {
    // Of a header that is there several times the last one counts, as in Kafka's Headers.lastHeader.
    const last = Array.isArray(value) ? value.at(-1) : value;
    return last === undefined || last === null ? [] : [[name, Buffer.from(last)] as const];
  });
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key === null ? null : message.key.toString(),
    value: message.value,
    headers: Object.fromEntries(headers),
    timestamp: Number(message.timestamp),
  };
}
