import type { TraceFields } from '../runtime/http/trace-fields.ts';
import { limitedLog } from '../runtime/limited-log.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Outcome, SignatureFault } from './outcome.ts';

/** What is known of every request. */
export interface RequestLine {
  readonly correlationId: string;
  readonly status: number;
  readonly durationMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly traced?: TraceFields;
}

const EVENT = 'webhook.received';

const LEVELS: Readonly<Record<Outcome['kind'], 'info' | 'warn' | 'error'>> = {
  stored: 'info',
  quarantined: 'warn',
  bad_signature: 'warn',
  method_not_allowed: 'warn',
  too_large: 'warn',
  slow: 'warn',
  full: 'warn',
  aborted: 'warn',
  keys_changed: 'warn',
  no_key: 'error',
  body_taken: 'error',
  not_stored: 'error',
  failed: 'error',
};

const MOUNT =
  'mount webhooksRouter before express.json(), express.raw() and whatever else reads bodies: the signature is that of the bytes as received';
const SET_KEY =
  'give WEBHOOK_SIGNING_KEY the signing key of the reporting webhook, as Customer.io shows it in the webhook’s settings';

const keysToCheck = ({ headers, behindSeconds, keys }: SignatureFault): object => ({
  headers,
  behindSeconds,
  keysTried: keys,
  check: `compare the signing key of the reporting webhook in Customer.io with the ${keys} in WEBHOOK_SIGNING_KEY, that nothing between rewrites bodies, and this machine’s clock`,
});

const factsOf = (outcome: Outcome, now: number): object => {
  switch (outcome.kind) {
    case 'stored': {
      const { event, rows, faults, keyIndex, bytes } = outcome;
      const { eventId, objectType, metric, timestamp, data } = event;
      const deliveryId =
        typeof data['delivery_id'] === 'string' ? data['delivery_id'].slice(0, 256) : undefined;
      const facts = {
        eventId,
        objectType,
        metric,
        deliveryId,
        ageMs: now - timestamp,
        rows,
        keyIndex,
        bytes,
      };
      if (faults.length === 0) return facts;
      const listenerFaults = faults.map(({ listener, error }) => ({ listener, error: error.message }));
      return { ...facts, listenerFaults };
    }
    case 'quarantined': {
      const { reason, eventId, keyIndex, bytes } = outcome;
      return { reason, eventId, keyIndex, bytes };
    }
    case 'not_stored':
      return { err: outcome.error, keyIndex: outcome.keyIndex, bytes: outcome.bytes };
    case 'failed':
      return { err: outcome.error };
    case 'bad_signature':
      return keysToCheck(outcome.fault);
    case 'no_key':
      return { check: SET_KEY };
    case 'body_taken':
      return { check: MOUNT };
    default:
      return {};
  }
};

const fieldsOf = (
  outcome: Outcome,
  { correlationId, status, durationMs, now, traced }: RequestLine,
): object =>
  Object.assign({ outcome: outcome.kind, correlationId, status, durationMs }, factsOf(outcome, now), traced);

/**
 * Makes what writes the line of a request, `webhook.received`: never a key, a signature or a body. Every request that is known to
 * be signed has one; of what anybody can send, each outcome has at most one a second, whose field `omitted` counts the
 * others. A listener's fault makes the line a warning.
 *
 * @example webhookLog(logger)({ kind: 'slow' }, { correlationId, status: 408, durationMs: 3_000, now: Date.now() });
 */
export const webhookLog = (logger: Logger): ((outcome: Outcome, line: RequestLine) => void) => {
  const limited = limitedLog(logger);
  return (outcome, line) => {
    const hasFaults = outcome.kind === 'stored' && outcome.faults.length > 0;
    const level = hasFaults ? 'warn' : LEVELS[outcome.kind];
    if ('keyIndex' in outcome) logger[level](fieldsOf(outcome, line), EVENT);
    else limited(outcome.kind, { level, fields: () => fieldsOf(outcome, line), event: EVENT });
  };
};
