import type { TopicSettings } from '../contract/topics.ts';
import { BusError } from './port.ts';

/** A topic as the broker describes it: its partition count and its settings by Kafka's names. */
export interface FoundTopic {
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** What every topic must have: order by append time needs the broker's clock, and compaction would remove records. */
export const REQUIRED_SETTINGS: Readonly<Record<string, string>> = {
  'message.timestamp.type': 'LogAppendTime',
  'cleanup.policy': 'delete',
};

/**
 * Compares the topics that exist with those the platform needs.
 *
 * @param wanted the topics the platform needs
 * @param found the topics that exist, by name
 * @throws BusError `topics_wrong`: every fault in one message, each with topic, setting, value found and value wanted
 */
export function checkTopics(wanted: readonly TopicSettings[], found: ReadonlyMap<string, FoundTopic>): void {
  const faults = [
    ...wanted.flatMap((topic) => settingFaults(topic.name, found.get(topic.name))),
    ...partitionFaults(wanted, found),
  ];
  if (faults.length === 0) return;
  throw new BusError(
    'topics_wrong',
    `Kafka's topics are not as they must be: ${faults.join('; ')}. To correct them, run \`cio-platform kafka apply\`.`,
  );
}

function settingFaults(name: string, topic: FoundTopic | undefined): string[] {
  if (topic === undefined) return [`${name}: the topic is missing`];
  return Object.entries(REQUIRED_SETTINGS).flatMap(([setting, value]) => {
    const actual = topic.settings[setting];
    return actual === value ? [] : [`${name}: ${setting} is ${actual ?? 'not set'}, must be ${value}`];
  });
}

function partitionFaults(wanted: readonly TopicSettings[], found: ReadonlyMap<string, FoundTopic>): string[] {
  const counted = wanted.flatMap(({ name, coPartitioned }) => {
    const topic = coPartitioned ? found.get(name) : undefined;
    return topic === undefined ? [] : [{ name, partitions: topic.partitions }];
  });
  const [model, ...others] = counted;
  if (model === undefined) return [];
  return others
    .filter((topic) => topic.partitions !== model.partitions)
    .map(
      (topic) =>
        `${topic.name}: partitions is ${topic.partitions}, must be ${model.partitions}, as ${model.name} has`,
    );
}
