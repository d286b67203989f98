import { expect, test } from '@jest/globals';
import type { Assigner, Batch } from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import { hookGroup, isOfEarlierGeneration } from '../../app/kafka/kafkajs-group-hooks.ts';

const positions = () => ({ committedOffsets: () => ({ t: { 0: '5' } }), nextOffset: () => 5 });

/** A membership of kafkajs whose broker answers a fetch with one batch, after `meanwhile`. */
function groupWhere(meanwhile: (group: { offsetManager: object }) => void = () => undefined) {
  const answer = { partition: 0, highWatermark: '6', messages: [{ offset: '5' }], abortedTransactions: [] };
  const group = Object.assign(Object.create(ConsumerGroup.prototype), {
    assigners: [] as Assigner[],
    offsetManager: positions(),
    preferredReadReplicasPerTopicPartition: {},
    seekOffset: { has: () => false },
    subscriptionState: { assigned: () => [{ topic: 't', partitions: [0] }], isPaused: () => false },
    filterPartitionsByNode: (_: number, assigned: object) => assigned,
    seekOffsets: async () => undefined,
    checkForStaleAssignment: () => undefined,
    getActiveTopicPartitions: () => ({ t: new Set([0]) }),
    cluster: {
      refreshMetadataIfNecessary: async () => undefined,
      findBroker: async () => ({
        fetch: async () => {
          meanwhile(group);
          return { responses: [{ topicName: 't', partitions: [answer] }] };
        },
      }),
    },
  });
  return group as ConsumerGroup & { offsetManager: object };
}

test('a batch of the current generation is taken', async () => {
  const group = groupWhere();
  const batches: Batch[] = await group.fetch(1);
  expect(batches).toHaveLength(1);
  expect(batches.map((batch) => isOfEarlierGeneration(group, batch))).toEqual([false]);
});

test('a batch that waited while the group joined anew is of an earlier generation', async () => {
  const group = groupWhere();
  const batches = await group.fetch(1);
  group.offsetManager = positions();
  expect(batches.map((batch) => isOfEarlierGeneration(group, batch))).toEqual([true]);
});

test('an answer to a fetch of before the join is dropped', async () => {
  const group = groupWhere((joining) => {
    joining.offsetManager = positions();
  });
  expect(await group.fetch(1)).toEqual([]);
});

test('beforeJoin is told before the join and can make it wait, offsetLost before the jump', async () => {
  const group = groupWhere();
  const order: string[] = [];
  const assigner: Assigner = {
    name: 'x',
    version: 1,
    assign: async () => [],
    protocol: ({ topics }) => ({ name: topics.join(), metadata: Buffer.alloc(0) }),
  };
  hookGroup(assigner, {
    beforeJoin: async (joining) => {
      expect(joining).toBe(group);
      await Promise.resolve();
      order.push('before the join');
    },
    offsetLost: ({ topic, partition }) => order.push(`lost ${topic}/${partition}`),
  });
  Object.assign(group, {
    assigners: [assigner],
    logger: { error: () => undefined },
    retrier: async () => order.push('join'),
    offsetManager: { setDefaultOffset: async () => order.push('jump') },
  });
  await group.joinAndSync();
  await group.recoverFromOffsetOutOfRange({ topic: 't', partition: 3 });
  expect(order).toEqual(['before the join', 'join', 'lost t/3', 'jump']);
});
