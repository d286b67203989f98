import type { Router } from 'express';
import type { WriteKey } from '../contract/env.ts';
import { authenticator } from '../ingest/authenticate.ts';
import { ingestMetrics } from '../ingest/ingest-metrics.ts';
import { ingestRouter } from '../ingest/ingest-router.ts';
import type { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';

/** The ingest API over a bus. */
export const buildIngest = (parts: {
  readonly writeKeys: readonly WriteKey[];
  readonly bus: CustomerIOEventBus;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly stopping: () => boolean;
  /** Whether the bus holds as much as it may. */
  readonly full?: () => boolean;
}): Router => {
  const { bus, logger, metrics, stopping } = parts;
  metrics.gauge('ingest_waiting_bytes', 'bytes of events that wait for Kafka', () => bus.waitingBytes);
  return ingestRouter({
    authenticate: authenticator(parts.writeKeys),
    sink: {
      publish: (records) => bus.publish(records),
      get waitingBytes() {
        return parts.full?.() ? Number.POSITIVE_INFINITY : bus.waitingBytes;
      },
    },
    logger,
    metrics: ingestMetrics(metrics),
    now: Date.now,
    stopping,
  });
};
