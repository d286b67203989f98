/** The deployed parts of the platform: each is one container with an identity of its own. */
export const ROLES = {
  ingest: { kind: 'service', purpose: 'takes events over HTTP and puts them into Kafka' },
  'track-worker': { kind: 'worker-pool', purpose: 'brings events from Kafka to the Customer.io Track API' },
} as const satisfies Record<string, { kind: 'service' | 'worker-pool' | 'job'; purpose: string }>;

export type Role = keyof typeof ROLES;

/**
 * Who reads settings: a deployed role; `local`, which is everything in one process (`npm start`); the fake Customer.io in a
 * process of its own; or `kafka`, the commands that look after the topics.
 */
export type Scope = Role | 'local' | 'fake-customerio' | 'kafka';
