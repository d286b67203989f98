import type { Count, Duration, Metrics } from '../runtime/metrics.ts';

/** What the ingest counts. */
export interface IngestMetrics {
  readonly events: Count;
  /** Every answer: `source` is `unknown` where nobody was let in, `code` that of the problem, `ok` for a success. */
  readonly requests: Count;
  /** Events whose own time was unreadable, so that the time of receipt stands for it. */
  readonly timesReplaced: Count;
  /** What was changed of events: names cut, attributes left out. */
  readonly warnings: Count;
  /** Events that delete or suppress a person. */
  readonly commands: Count;
  readonly duration: Duration;
}

/** Answers to requests whose sender was not found, or not asked for: `source` is `unknown`. */
const UNKNOWN: readonly (readonly [status: string, code: string])[] = [
  ['400', 'bad_request'],
  ['401', 'unauthorized'],
  ['403', 'browser_not_supported'],
  ['404', 'not_found'],
  ['405', 'method_not_allowed'],
  ['408', 'request_timeout'],
  ['431', 'headers_too_large'],
  ['503', 'write_keys_missing'],
];

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
    UNKNOWN.map(([status, code]) => ({ source: 'unknown', status, code })),
  ),
  timesReplaced: metrics.count(
    'ingest_timestamp_replaced_total',
    'events taken at the time of receipt, as their own was unreadable',
    ['source'],
  ),
  warnings: metrics.count('ingest_warnings_total', 'names that were cut and attributes that were left out', [
    'source',
  ]),
  commands: metrics.count('ingest_person_commands_total', 'events that delete or suppress a person', [
    'source',
    'type',
  ]),
  duration: metrics.duration(
    'ingest_request_duration_seconds',
    'accepted requests, until Kafka acknowledged',
    ['path'],
  ),
});
