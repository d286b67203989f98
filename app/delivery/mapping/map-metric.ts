import type { Mapper } from './mapped.ts';
import { textAt } from './payload.ts';

const DETAILS = ['recipient', 'reason', 'href', 'metadata'] as const;

/** What a delivery came to. */
export const mapMetric: Mapper = ({ record: { payload }, timestamp }) => {
  const details = DETAILS.filter((name) => payload[name] != null).map((name) => [name, payload[name]]);
  return {
    kind: 'metric',
    report: {
      delivery_id: textAt(payload, 'delivery_id'),
      metric: textAt(payload, 'metric'),
      timestamp,
      ...Object.fromEntries(details),
    },
  };
};
