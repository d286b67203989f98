import type { Topic } from '../../app/contract/topics.ts';
import type { PresetName } from '../props/integration-props.ts';

/** What an environment of a kind gets where its props say nothing. */
export interface Preset {
  readonly deletionProtection: boolean;
  readonly ingest: {
    readonly minInstances: number;
    readonly maxInstances: number;
    readonly memoryMib: number;
  };
  readonly webhooks: { readonly maxInstances: number; readonly memoryMib: number };
  readonly warehouse: { readonly eventDays: number };
  readonly trackWorker: { readonly instances: number; readonly memoryMib: number };
  readonly kafka: {
    readonly partitions: number;
    readonly vcpus: number;
    readonly memoryGib: number;
    readonly retentionDays: Readonly<Record<Topic, number>>;
  };
}

const LONG = { identify: 7, track: 7, processed: 7, dlq: 30 } as const;
const SHORT = { identify: 3, track: 3, processed: 1, dlq: 14 } as const;

/** The presets. dev costs little and can be destroyed; staging is prod's shape in small; prod outlives the loss of an instance. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  dev: {
    deletionProtection: false,
    ingest: { minInstances: 0, maxInstances: 2, memoryMib: 512 },
    webhooks: { maxInstances: 2, memoryMib: 512 },
    warehouse: { eventDays: 90 },
    trackWorker: { instances: 1, memoryMib: 512 },
    kafka: { partitions: 6, vcpus: 3, memoryGib: 3, retentionDays: SHORT },
  },
  staging: {
    deletionProtection: true,
    ingest: { minInstances: 1, maxInstances: 5, memoryMib: 512 },
    webhooks: { maxInstances: 5, memoryMib: 512 },
    warehouse: { eventDays: 180 },
    trackWorker: { instances: 1, memoryMib: 512 },
    kafka: { partitions: 6, vcpus: 3, memoryGib: 12, retentionDays: LONG },
  },
  prod: {
    deletionProtection: true,
    ingest: { minInstances: 2, maxInstances: 20, memoryMib: 1024 },
    webhooks: { maxInstances: 10, memoryMib: 1024 },
    warehouse: { eventDays: 760 },
    trackWorker: { instances: 2, memoryMib: 1024 },
    kafka: { partitions: 12, vcpus: 6, memoryGib: 24, retentionDays: LONG },
  },
};
