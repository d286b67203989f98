import type { Count, Duration, Metrics } from '../runtime/metrics.ts';

/** What the ingest counts. */
export interface IngestMetrics {
  readonly events: Count;
  readonly duration: Duration;
}

/** Registers the ingest's metrics. */
export const ingestMetrics = (metrics: Metrics): IngestMetrics => ({
  events: metrics.count('ingest_events_total', 'events by source, type and outcome', [
    'source',
    'type',
    'outcome',
  ]),
  duration: metrics.duration(
    'ingest_request_duration_seconds',
    'accepted requests, until Kafka acknowledged',
    ['path'],
  ),
});
