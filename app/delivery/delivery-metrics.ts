import type { DeadLetterCode } from '../contract/dead-letter.ts';
import { TOPICS } from '../contract/topics.ts';
import type { Count, Duration, Metrics } from '../runtime/metrics.ts';

/** What the track worker counts. */
export interface DeliveryMetrics {
  readonly read: Count;
  readonly attempts: Count;
  readonly duration: Duration;
  readonly settled: Count;
}

/** The compiler asks for every code. */
const CODES: Readonly<Record<DeadLetterCode, true>> = {
  invalid_event: true,
  attribute_too_long: true,
  too_many_attributes: true,
  not_json: true,
  schema: true,
  item_too_large: true,
  refused: true,
};

/** Documented answers of the Track API (contract, "Track API v2"); others, and faults below HTTP, come as they come. */
const ANSWERS: readonly (readonly [verdict: string, status: string])[] = [
  ['delivered', '200'],
  ['delivered', '207'],
  ['split', '400'],
  ['split', '413'],
  ['hold', '401'],
  ['retry', '429'],
  ['retry', '500'],
  ['retry', '503'],
];

/** Registers the track worker's metrics. */
export const deliveryMetrics = (metrics: Metrics): DeliveryMetrics => ({
  read: metrics.count(
    'delivery_records_total',
    'records read, by topic',
    ['topic'],
    [{ topic: TOPICS.identify.name }, { topic: TOPICS.track.name }],
  ),
  attempts: metrics.count(
    'delivery_attempts_total',
    'requests to the Track API, by verdict and status',
    ['verdict', 'status'],
    ANSWERS.map(([verdict, status]) => ({ verdict, status })),
  ),
  duration: metrics.duration('delivery_request_duration_seconds', 'requests to the Track API', []),
  settled: metrics.count(
    'delivery_settled_total',
    'records settled, by outcome and code',
    ['outcome', 'code'],
    [
      { outcome: 'delivered', code: '' },
      ...Object.keys(CODES).map((code) => ({ outcome: 'rejected', code })),
    ],
  ),
});
