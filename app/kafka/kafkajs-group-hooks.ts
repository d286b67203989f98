import type { Assigner, Batch, TopicPartition } from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

/** What a consumer wants to hear of its group, for which kafkajs 2.2.4 has no event. */
export interface GroupHooks {
  /** Before every join, also those after a lost session or stale metadata. The join waits for the promise. */
  beforeJoin(group: ConsumerGroup): void | Promise<void>;
  /** The position of a partition is not in the log any more; kafkajs jumps to the oldest record. */
  offsetLost(partition: TopicPartition): void;
}

const hooksOfAssigner = new WeakMap<Assigner, GroupHooks>();
const positionsOfBatch = new WeakMap<Batch, object | null>();

/** Attaches `hooks` to the consumer that `assigner` was made for: its one object that both sides know. */
export function hookGroup(assigner: Assigner, hooks: GroupHooks): void {
  hooksOfAssigner.set(assigner, hooks);
}

/**
 * Whether `batch` was fetched in an earlier generation of `group`. With several brokers kafkajs may join anew while
 * batches of another broker wait; to take one would move the new generation's position past records never handed over.
 */
export const isOfEarlierGeneration = (group: ConsumerGroup, batch: Batch): boolean =>
  positionsOfBatch.get(batch) !== group.offsetManager;

const hooksOf = (group: ConsumerGroup): readonly GroupHooks[] =>
  group.assigners.flatMap((assigner) => hooksOfAssigner.get(assigner) ?? []);

const { joinAndSync, fetch, recoverFromOffsetOutOfRange } = ConsumerGroup.prototype;

ConsumerGroup.prototype.joinAndSync = async function joinAndSyncHooked() {
  for (const hooks of hooksOf(this)) await hooks.beforeJoin(this);
  return joinAndSync.call(this);
};

ConsumerGroup.prototype.fetch = async function fetchMarked(nodeId) {
  const positions = this.offsetManager;
  const batches = await fetch.call(this, nodeId);
  if (positions !== this.offsetManager) return [];
  for (const batch of batches) positionsOfBatch.set(batch, positions);
  return batches;
};

ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async function recoverHooked(error) {
  for (const hooks of hooksOf(this)) hooks.offsetLost({ topic: error.topic, partition: error.partition });
  return recoverFromOffsetOutOfRange.call(this, error);
};
