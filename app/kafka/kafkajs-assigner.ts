import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { coPartitionedAssignment, type GroupMemberTopics } from './co-partitioned-assignment.ts';
import type { TopicPartition } from './port.ts';

const NAME = 'cio-co-partitioned';
const VERSION = 1;

const byTopic = (partitions: readonly TopicPartition[]): Record<string, number[]> => {
  const assignment: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) {
    assignment[topic] = [...(assignment[topic] ?? []), partition];
  }
  return assignment;
};

/** Gives partition n of all topics to one member: the engine merges them, which kafkajs's own assigner does not allow. */
export const coPartitionedAssigner: PartitionAssigner = ({ cluster }) => ({
  name: NAME,
  version: VERSION,
  async assign({ members, topics }) {
    const subscribed = members.map(({ memberId, memberMetadata }): GroupMemberTopics => {
      const metadata = AssignerProtocol.MemberMetadata.decode(memberMetadata);
      return { id: memberId, topics: metadata?.topics ?? topics };
    });
    const assignment = coPartitionedAssignment(
      subscribed,
      (topic) => cluster.findTopicPartitionMetadata(topic).length,
    );
    return [...assignment].map(([memberId, partitions]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: VERSION,
        assignment: byTopic(partitions),
        userData: Buffer.alloc(0),
      }),
    }));
  },
  protocol: ({ topics }) => ({
    name: NAME,
    metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) }),
  }),
});
