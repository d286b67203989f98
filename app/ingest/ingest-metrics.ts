import type { Count, Duration, Metrics } from '../runtime/metrics.ts';

/** What the ingest counts. */
export interface IngestMetrics {
  readonly events: Count;
  /** Every answer: `source` is `unknown` where nobody was let in, `code` that of the problem, `ok` for a success. */
  readonly requests: Count;
  readonly duration: Duration;
}

/** Registers the ingest's metrics. */
export const ingestMetrics = (metrics: Metrics): IngestMetrics => ({
  events: metrics.count('ingest_events_total', 'events by source, type and outcome', [
    'source',
    'type',
    'outcome',
  ]),
  requests: metrics.count(
    'ingest_requests_total',
    'answers by source (unknown: nobody was let in), status and code (ok, or the problem’s)',
    ['source', 'status', 'code'],
  ),
  duration: metrics.duration(
    'ingest_request_duration_seconds',
    'accepted requests, until Kafka acknowledged',
    ['path'],
  ),
});
