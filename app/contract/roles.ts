import { GROUPS, type Topic } from './topics.ts';

/** What is known of a role: its kind of container, and what it does with Kafka. */
export interface RoleDefinition {
  readonly kind: 'service' | 'worker-pool' | 'job';
  readonly purpose: string;
  readonly reads: readonly Topic[];
  readonly writes: readonly Topic[];
  /** The consumer group it reads in. */
  readonly group?: string;
}

/** The deployed parts of the platform: each is one container with an identity of its own. */
export const ROLES = {
  ingest: {
    kind: 'service',
    purpose: 'takes events over HTTP and puts them into Kafka',
    reads: [],
    writes: ['identify', 'track', 'dlq'],
  },
  'track-worker': {
    kind: 'worker-pool',
    purpose: 'brings events from Kafka to the Customer.io Track API',
    reads: ['identify', 'track'],
    writes: ['processed', 'dlq'],
    group: GROUPS.trackWorker,
  },
  webhooks: {
    kind: 'service',
    purpose: 'takes the webhooks of Customer.io and puts them into Pub/Sub',
    reads: [],
    writes: [],
  },
} as const satisfies Record<string, RoleDefinition>;

export type Role = keyof typeof ROLES;

/**
 * Who reads settings: a deployed role; `local`, which is everything in one process (`npm start`); the fake Customer.io in a
 * process of its own; `kafka`, the commands that look after the topics; `stream`, those that look after the stream of webhooks; or
 * `app-api`, those that ask Customer.io's App API.
 */
export type Scope = Role | 'local' | 'fake-customerio' | 'kafka' | 'stream' | 'app-api';
