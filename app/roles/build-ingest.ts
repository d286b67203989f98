import { Router } from 'express';
import type { ConfigFor } from '../contract/env.ts';
import { AnswerLog } from '../ingest/answer-log.ts';
import { type Authenticate, writeKeyAuthenticator } from '../ingest/authenticate.ts';
import { identityTokenAuthenticator } from '../ingest/identity-token.ts';
import { ingestMetrics } from '../ingest/ingest-metrics.ts';
import { ingestRouter } from '../ingest/ingest-router.ts';
import type { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import { BusError, type OutgoingRecord } from '../kafka/port.ts';
import type { Problem } from '../runtime/http/problem.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';

type IngestConfig = Pick<
  ConfigFor<'ingest'>,
  'googleCloudProject' | 'ingestAccess' | 'ingestMapping' | 'ingestTokenVerifiedBy' | 'ingestWriteKeys'
>;

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

/** The ingest API, and what is to hear of requests that never reach it. */
export interface Ingest {
  readonly router: Router;
  readonly onRefused: (problem: Problem) => void;
}

const authenticatorOf = (
  { ingestAccess, ingestTokenVerifiedBy: verifiedBy, ingestWriteKeys }: IngestConfig,
  { logger }: IngestParts,
): Authenticate => {
  if (ingestAccess === 'write-key') return writeKeyAuthenticator(() => ingestWriteKeys.current);
  if (verifiedBy !== undefined) logger.info({ verifiedBy }, 'ingest.tokens_verified_elsewhere');
  return identityTokenAuthenticator(verifiedBy !== undefined);
};

const publisher =
  ({ bus, heldFor }: IngestParts) =>
  async (records: readonly OutgoingRecord[]): Promise<void> => {
    const hold = heldFor?.();
    if (hold !== undefined) throw new BusError('unavailable', `nothing is written yet: ${hold}`);
    await bus.publish(records);
  };

/** The ingest API over a bus. */
export const buildIngest = (config: IngestConfig, parts: IngestParts): Ingest => {
  const { bus, logger, metrics, stopping, full } = parts;
  metrics.gauge('ingest_waiting_bytes', 'bytes of events that wait for Kafka', () => bus.waitingBytes);
  const counts = ingestMetrics(metrics);
  const answers = new AnswerLog(counts.requests, logger, config.googleCloudProject);
  const router = ingestRouter({
    authenticate: authenticatorOf(config, parts),
    sink: { publish: publisher(parts) },
    logger,
    metrics: counts,
    now: Date.now,
    mapping: config.ingestMapping,
    project: config.googleCloudProject,
    stopping,
    ...(full && { full }),
  });
  return {
    router: Router().use(answers.handler, router),
    onRefused: (problem) => answers.refused(problem),
  };
};
