import { LIMITS } from '../contract/limits.ts';

/** The numbers of the track worker, in one place. Times in milliseconds. */
export const DELIVERY = {
  request: { items: LIMITS.requestItems, bytes: LIMITS.requestBytes },
  /** Full jitter between tries of one request. */
  backoff: { baseMs: 100, capMs: 30_000 },
  /** How often a held API is probed. */
  probe: { firstMs: 5_000, mostMs: 60_000 },
  /** How often positions are committed. */
  commitMs: 1_000,
  /** Pause before the settler writes again when Kafka does not answer. */
  settleRetryMs: 500,
  /** What may wait in the lanes before partitions are paused; they resume at half. */
  waiting: { records: 20_000, bytes: 32_000_000 },
} as const;

/** {@link DELIVERY}, with numbers of one's own. */
export type DeliverySettings = {
  readonly [K in keyof typeof DELIVERY]: (typeof DELIVERY)[K] extends number
    ? number
    : { readonly [F in keyof (typeof DELIVERY)[K]]: number };
};
