import { expect, test } from '@jest/globals';
import { coPartitionedAssignment } from '../../app/kafka/co-partitioned-assignment.ts';

const numbersOf = (partitions: readonly { topic: string; partition: number }[] | undefined, topic: string) =>
  (partitions ?? []).filter((each) => each.topic === topic).map(({ partition }) => partition);

test('partition n of all topics belongs to one member, whatever the order of the members', () => {
  const members = ['b', 'c', 'a'].map((id) => ({ id, topics: ['x', 'y'] }));
  const assignment = coPartitionedAssignment(members, () => 7);
  expect(assignment).toEqual(coPartitionedAssignment(members.toReversed(), () => 7));
  for (const { id } of members) {
    expect(numbersOf(assignment.get(id), 'x')).toEqual(numbersOf(assignment.get(id), 'y'));
  }
  const all = [...assignment.values()].flatMap((partitions) => numbersOf(partitions, 'x'));
  expect(all.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('a topic goes only to members that subscribed to it, and every partition to one of them', () => {
  const members = [
    { id: 'old', topics: ['x'] },
    { id: 'new', topics: ['x', 'y'] },
  ];
  const assignment = coPartitionedAssignment(members, () => 4);
  expect(numbersOf(assignment.get('old'), 'y')).toEqual([]);
  expect(numbersOf(assignment.get('new'), 'y')).toEqual([0, 1, 2, 3]);
  expect(numbersOf(assignment.get('old'), 'x')).toEqual([1, 3]);
});

test('more members than partitions: the last get nothing', () => {
  const members = ['a', 'b', 'c'].map((id) => ({ id, topics: ['x'] }));
  const assignment = coPartitionedAssignment(members, () => 2);
  expect([...assignment.values()].map((partitions) => partitions.length)).toEqual([1, 1, 0]);
});
