import type { Router } from 'express';
import type { ConfigFor } from '../contract/env.ts';
import { type Authenticate, writeKeyAuthenticator } from '../ingest/authenticate.ts';
import { identityTokenAuthenticator } from '../ingest/identity-token.ts';
import { ingestMetrics } from '../ingest/ingest-metrics.ts';
import { ingestRouter } from '../ingest/ingest-router.ts';
import type { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import { BusError, type OutgoingRecord } from '../kafka/port.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';

type IngestConfig = Pick<ConfigFor<'ingest'>, 'ingestAccess' | 'ingestWriteKeys'>;

/** What the ingest API stands on. */
interface IngestParts {
  readonly bus: CustomerIOEventBus;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly stopping: () => boolean;
  /** Whether the bus holds as much as it may. */
  readonly full?: () => boolean;
  /** Why nothing may be written yet: events are then answered 503 at once. */
  readonly heldFor?: () => string | undefined;
}

const authenticatorOf = ({ ingestAccess, ingestWriteKeys }: IngestConfig): Authenticate =>
  ingestAccess === 'iam'
    ? identityTokenAuthenticator()
    : writeKeyAuthenticator(() => ingestWriteKeys.current);

const publisher =
  ({ bus, heldFor }: IngestParts) =>
  async (records: readonly OutgoingRecord[]): Promise<void> => {
    const hold = heldFor?.();
    if (hold !== undefined) throw new BusError('unavailable', `nothing is written yet: ${hold}`);
    await bus.publish(records);
  };

/** The ingest API over a bus. */
export const buildIngest = (config: IngestConfig, parts: IngestParts): Router => {
  const { bus, logger, metrics, stopping } = parts;
  metrics.gauge('ingest_waiting_bytes', 'bytes of events that wait for Kafka', () => bus.waitingBytes);
  return ingestRouter({
    authenticate: authenticatorOf(config),
    sink: {
      publish: publisher(parts),
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
