import type { Count, Duration, Metrics } from '../runtime/metrics.ts';

/** What the track worker counts. */
export interface DeliveryMetrics {
  readonly read: Count;
  readonly attempts: Count;
  readonly duration: Duration;
  readonly settled: Count;
}

/** Registers the track worker's metrics. */
export const deliveryMetrics = (metrics: Metrics): DeliveryMetrics => ({
  read: metrics.count('delivery_records_total', 'records read, by topic', ['topic']),
  attempts: metrics.count('delivery_attempts_total', 'requests to the Track API, by verdict and status', [
    'verdict',
    'status',
  ]),
  duration: metrics.duration('delivery_request_duration_seconds', 'requests to the Track API', []),
  settled: metrics.count('delivery_settled_total', 'records settled, by outcome and code', [
    'outcome',
    'code',
  ]),
});
