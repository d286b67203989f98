import { METRIC_COLUMNS } from '../contract/warehouse.ts';
import type { AppMessage } from '../customerio/app-port.ts';

/** An event that a reporting webhook must have told of, since Customer.io knows of it. */
export interface ExpectedEvent {
  readonly deliveryId: string;
  /** As in webhooks: email, sms, … */
  readonly objectType: string;
  readonly metric: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

/** The App API's name of a channel where it differs from the webhooks'. Source: customerio-node's MetricType. */
const CHANNELS: Readonly<Record<string, string>> = { twilio: 'sms' };

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** Stands among what is ignored for a delivery without any metric. */
const NO_METRICS = 'no metrics';

const metricsOf = (metrics: unknown): readonly (readonly [string, unknown])[] =>
  typeof metrics === 'object' && metrics !== null && !Array.isArray(metrics) ? Object.entries(metrics) : [];

/**
 * The events that a delivery must have in the warehouse, and what of it is not compared: metrics that no webhook reports (such as
 * `human_opened`), or `no metrics`. Each metric once: of several opens or clicks Customer.io lists one.
 *
 * @example expectedEvents({ id: 'd1', type: 'email', metrics: { sent: 1760000000 } }).expected[0].metric // 'sent'
 */
export const expectedEvents = ({
  id,
  type,
  metrics,
}: AppMessage): { readonly expected: readonly ExpectedEvent[]; readonly ignored: readonly string[] } => {
  const objectType = CHANNELS[type] ?? type;
  const known: Readonly<Record<string, unknown>> = Object.hasOwn(METRIC_COLUMNS, objectType)
    ? METRIC_COLUMNS[objectType as keyof typeof METRIC_COLUMNS]
    : {};
  const expected: ExpectedEvent[] = [];
  const ignored: string[] = [];
  const entries = metricsOf(metrics);
  if (entries.length === 0) ignored.push(`${objectType}:${NO_METRICS}`);
  for (const [metric, timestamp] of entries) {
    if (Object.hasOwn(known, metric) && isTime(timestamp)) {
      expected.push({ deliveryId: id, objectType, metric, timestamp });
    } else ignored.push(`${objectType}:${metric}`);
  }
  return { expected, ignored };
};
