// Node finds this name only on the default export.
import kafkajs, { type Admin } from 'kafkajs';
import type { TopicSettings } from '../contract/topics.ts';
import { checkTopics, type FoundTopic, REQUIRED_SETTINGS } from './topic-check.ts';

const BROKER_DEFAULT = -1;
const MAX_MESSAGE_BYTES = 'max.message.bytes';

/** What {@link ensureTopics} is to do. `partitions` is for the topics that it makes. */
export interface EnsureTopics {
  readonly topics: readonly TopicSettings[];
  readonly mode: 'create' | 'verify';
  readonly partitions: number;
}

/**
 * Makes missing topics (in mode `create`) and checks all of them.
 *
 * @returns the largest record batch of each topic, in bytes
 * @throws BusError `topics_wrong`
 */
export async function ensureTopics(admin: Admin, ensure: EnsureTopics): Promise<ReadonlyMap<string, number>> {
  const { topics, mode, partitions } = ensure;
  const existing = await admin.listTopics();
  const missing = topics.filter(({ name }) => !existing.includes(name));
  const created = mode === 'create' && missing.length > 0;
  if (created) await create(admin, missing, partitions);
  const present = topics.map(({ name }) => name).filter((name) => created || existing.includes(name));
  const found = await describe(admin, present);
  checkTopics(topics, found);
  return new Map([...found].map(([name, { settings }]) => [name, Number(settings[MAX_MESSAGE_BYTES])]));
}

async function create(admin: Admin, topics: readonly TopicSettings[], partitions: number): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map((topic) => ({
      topic: topic.name,
      numPartitions: partitions,
      replicationFactor: BROKER_DEFAULT,
      configEntries: Object.entries({ ...REQUIRED_SETTINGS, 'retention.ms': String(topic.retentionMs) }).map(
        ([name, value]) => ({ name, value }),
      ),
    })),
  });
}

async function describe(admin: Admin, names: string[]): Promise<ReadonlyMap<string, FoundTopic>> {
  if (names.length === 0) return new Map();
  const metadata = await admin.fetchTopicMetadata({ topics: names });
  const configNames = [...Object.keys(REQUIRED_SETTINGS), MAX_MESSAGE_BYTES];
  const configs = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames })),
  });
  const settings = new Map(
    configs.resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
  return new Map(
    metadata.topics.map(({ name, partitions }) => [
      name,
      { partitions: partitions.length, settings: settings.get(name) ?? {} },
    ]),
  );
}
