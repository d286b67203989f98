import { QUARANTINE_REASONS } from '../contract/quarantine-reasons.ts';
import { METRIC_COLUMNS } from '../contract/warehouse.ts';
import type { Count, Duration, Metrics } from '../runtime/metrics.ts';
import type { Outcome } from './outcome.ts';

/** What the receiver of webhooks counts. */
export interface WebhooksMetrics {
  readonly requests: Count;
  readonly events: Count;
  readonly quarantined: Count;
  readonly keys: Count;
  readonly listenerFaults: Count;
  readonly duration: Duration;
}

/** The compiler asks for every outcome. */
const OUTCOMES: Readonly<Record<Outcome['kind'], true>> = {
  stored: true,
  quarantined: true,
  not_stored: true,
  bad_signature: true,
  keys_changed: true,
  failed: true,
  too_large: true,
  slow: true,
  full: true,
  aborted: true,
  no_key: true,
  body_taken: true,
  method_not_allowed: true,
};

const OTHER = 'other';

const PAIRS = [
  ...Object.entries(METRIC_COLUMNS).flatMap(([objectType, metrics]) =>
    [...Object.keys(metrics), OTHER].map((metric) => ({ object_type: objectType, metric })),
  ),
  { object_type: OTHER, metric: OTHER },
];

/** Every name under which a listener's fault may be counted. */
const LISTENERS: ReadonlySet<string> = new Set([
  OTHER,
  ...PAIRS.flatMap(({ object_type: objectType, metric }) => [metric, `${objectType}:${metric}`]),
]);

/** One series for each value of a label that has a closed list. */
const each = (label: string, values: Iterable<string>): readonly Readonly<Record<string, string>>[] =>
  Array.from(values, (value) => ({ [label]: value }));

/** Registers the receiver's metrics. */
export const webhooksMetrics = (metrics: Metrics): WebhooksMetrics => ({
  requests: metrics.count(
    'webhook_requests_total',
    'requests by what became of them',
    ['outcome'],
    each('outcome', Object.keys(OUTCOMES)),
  ),
  events: metrics.count(
    'webhook_events_total',
    'stored events; `other` is not documented',
    ['object_type', 'metric'],
    PAIRS,
  ),
  quarantined: metrics.count(
    'webhook_quarantined_total',
    'signed requests that are no event',
    ['reason'],
    each('reason', Object.keys(QUARANTINE_REASONS)),
  ),
  keys: metrics.count(
    'webhook_key_total',
    'signed requests by the place of their key',
    ['index'],
    each('index', ['0']),
  ),
  listenerFaults: metrics.count(
    'webhook_listener_faults_total',
    'listeners that failed or were late',
    ['listener'],
    each('listener', LISTENERS),
  ),
  duration: metrics.duration('webhook_request_duration_seconds', 'requests, until they are answered', [
    'outcome',
  ]),
});

/** The names of a documented pair; a sender must not be able to add series. */
const pairOf = (objectType: string, metric: string): { object_type: string; metric: string } => {
  const metrics: object | undefined = Object.hasOwn(METRIC_COLUMNS, objectType)
    ? METRIC_COLUMNS[objectType as keyof typeof METRIC_COLUMNS]
    : undefined;
  if (metrics === undefined) return { object_type: OTHER, metric: OTHER };
  return { object_type: objectType, metric: Object.hasOwn(metrics, metric) ? metric : OTHER };
};

/**
 * Counts one request.
 *
 * @param ms how long it took
 */
export const countWebhook = (metrics: WebhooksMetrics, outcome: Outcome, ms: number): void => {
  const { kind } = outcome;
  metrics.requests.add({ outcome: kind });
  metrics.duration.observe({ outcome: kind }, ms / 1000);
  if ('keyIndex' in outcome) metrics.keys.add({ index: String(outcome.keyIndex) });
  if (kind === 'quarantined') metrics.quarantined.add({ reason: outcome.reason });
  if (kind !== 'stored') return;
  const pair = pairOf(outcome.event.objectType, outcome.event.metric);
  metrics.events.add(pair);
  const documented = [pair.metric, `${pair.object_type}:${pair.metric}`];
  for (const { listener } of outcome.faults) {
    metrics.listenerFaults.add({ listener: documented.includes(listener) ? listener : OTHER });
  }
};
