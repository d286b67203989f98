import type { TopicPartition } from './port.ts';

/** A member of a group and the topics it subscribed to. */
export interface GroupMemberTopics {
  readonly id: string;
  readonly topics: readonly string[];
}

/**
 * Spreads partitions over the members of a group so that partition n of all topics belongs to one member. During a
 * rolling deploy members may know different topics: a topic goes only to members that subscribed to it.
 *
 * @param members every member of the group; their order does not matter
 * @param partitionsOf how many partitions a topic has; 0 for one that does not exist
 * @returns what each member gets, by member id; a member may get nothing
 * @example coPartitionedAssignment([{ id: 'a', topics: ['t', 'u'] }], () => 2).get('a')
 */
export function coPartitionedAssignment(
  members: readonly GroupMemberTopics[],
  partitionsOf: (topic: string) => number,
): ReadonlyMap<string, readonly TopicPartition[]> {
  const sorted = members.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const assignment = new Map<string, TopicPartition[]>(sorted.map(({ id }) => [id, []]));
  const topics = new Set(sorted.flatMap((member) => member.topics));
  for (const topic of [...topics].toSorted()) {
    for (let partition = 0; partition < partitionsOf(topic); partition += 1) {
      assignment.get(ownerOf(topic, partition, sorted))?.push({ topic, partition });
    }
  }
  return assignment;
}

function ownerOf(topic: string, partition: number, sorted: readonly GroupMemberTopics[]): string {
  const first = sorted[partition % sorted.length];
  if (first?.topics.includes(topic)) return first.id;
  const subscribed = sorted.filter((member) => member.topics.includes(topic));
  return subscribed[partition % subscribed.length]?.id ?? '';
}
