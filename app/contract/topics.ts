/** What one Kafka topic must look like. Retention in milliseconds; `partitioned` topics share one partition count. */
export interface TopicSettings {
  readonly name: string;
  readonly purpose: string;
  readonly retentionMs: number;
  /** True for the topics whose partition n must belong to one consumer: they have equal partition counts. */
  readonly coPartitioned: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Every topic of the platform, once: the bus, `npm start` and the infrastructure read their names here.
 * Retentions: docs of the delivery engine. `cleanup.policy` is always delete, the timestamp type always LogAppendTime.
 */
export const TOPICS = {
  identify: {
    name: 'customerio.identify',
    purpose: 'writes to people and objects: identify, group, alias and the commands',
    retentionMs: 7 * DAY_MS,
    coPartitioned: true,
  },
  track: {
    name: 'customerio.track',
    purpose: 'what happened: track, page, screen, content and metric',
    retentionMs: 7 * DAY_MS,
    coPartitioned: true,
  },
  processed: {
    name: 'customerio.processed',
    purpose: 'one record per delivered batch: what became of each event',
    retentionMs: 7 * DAY_MS,
    coPartitioned: false,
  },
  dlq: {
    name: 'customerio.dlq',
    purpose: 'records that cannot be delivered, with the reason in their headers',
    retentionMs: 30 * DAY_MS,
    coPartitioned: false,
  },
} as const satisfies Record<string, TopicSettings>;

/** The short name of a topic: its key in {@link TOPICS}. */
export type Topic = keyof typeof TOPICS;

/** Consumer groups, one per worker role. */
export const GROUPS = { trackWorker: 'customerio-track-worker' } as const;

/** Partitions of every topic that `npm start` creates. */
export const LOCAL_PARTITIONS = 6;
