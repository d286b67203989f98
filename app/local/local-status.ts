import { TOPICS, type Topic } from '../contract/topics.ts';
import type { TrackWorker } from '../delivery/track-worker.ts';
import type { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import type { WebhooksState } from './local-webhooks.ts';

/** What the start page shows: records ever written to each topic, and what the worker does. */
export interface LocalStatus {
  readonly bus: 'kafka' | 'memory';
  readonly topics: Readonly<Record<Topic, number>>;
  readonly worker: TrackWorker['state'];
  /** Where events are sent: the fake, or an address of one's own. */
  readonly target: string;
  readonly webhooks: WebhooksState;
}

const recordsIn = async (bus: CustomerIOEventBus, topic: string): Promise<number> => {
  const ends = await bus.endOffsets(topic);
  return ends.reduce((sum, end) => sum + end.offset, 0);
};

/** Reads the counts for the start page. */
export const localStatus = async (parts: {
  readonly kind: 'kafka' | 'memory';
  readonly bus: CustomerIOEventBus;
  readonly worker: TrackWorker;
  readonly target: string;
  readonly webhooks: WebhooksState;
}): Promise<LocalStatus> => {
  const entries = Object.entries(TOPICS).map(
    async ([topic, { name }]) => [topic, await recordsIn(parts.bus, name)] as const,
  );
  const topics = Object.fromEntries(await Promise.all(entries)) as Record<Topic, number>;
  const { kind, worker, target, webhooks } = parts;
  return { bus: kind, topics, worker: worker.state, target, webhooks };
};
