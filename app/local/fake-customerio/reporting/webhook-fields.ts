import type { Json } from '../operation-fault.ts';
import { newUlid } from './new-ulid.ts';
import { PREFERENCES_CHANGED } from './webhook-kinds.ts';

/** Who an event is about, as far as its fields are concerned. */
export interface Recipient {
  readonly id: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly devices: readonly Json[];
  /** What cio_subscription_preferences is. */
  readonly preferences: unknown;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Table = Readonly<Record<string, string>>;

const FAILED: Table = {
  attempted: 'failure_message',
  failed: 'failure_message',
  undeliverable: 'failure_message',
};
const LINK = 'recipient href link_id';
const BOUNCE = 'subject recipient failure_message';
const TEXT: Table = {
  drafted: '',
  sent: 'recipient content',
  delivered: 'recipient',
  converted: 'recipient',
  clicked: LINK,
  bounced: 'recipient failure_message',
  dropped: 'recipient failure_message',
  replied: 'inbound_event_id to recipient',
  ...FAILED,
};
const SIMPLE: Table = {
  drafted: '',
  sent: 'recipient content',
  converted: 'recipient',
  clicked: LINK,
  ...FAILED,
};

/** The fields of each pair beside the common ones (contract, section 7.2). */
const FIELDS: Readonly<Record<string, Table>> = {
  email: {
    drafted: 'subject recipient',
    sent: 'subject recipient content headers',
    delivered: 'subject recipient',
    converted: 'subject recipient',
    unsubscribed: 'subject recipient',
    spammed: 'subject recipient',
    opened: 'recipient subject proxied prefetched synthetic',
    clicked: 'subject recipient href link_id machine',
    bounced: BOUNCE,
    dropped: BOUNCE,
    deferred: BOUNCE,
    ...FAILED,
    undeliverable: BOUNCE,
    failed: 'subject failure_message',
  },
  push: {
    drafted: '',
    sent: 'recipients content',
    delivered: 'recipients',
    opened: 'recipients',
    converted: 'recipients',
    clicked: 'href link_id recipients',
    bounced: 'failed_recipients',
    dropped: 'failed_recipients',
    ...FAILED,
  },
  sms: TEXT,
  whatsapp: { ...TEXT, opened: 'recipient' },
  in_app: { ...SIMPLE, opened: '', clicked: `${LINK} tracked_response` },
  slack: SIMPLE,
  webhook: SIMPLE,
};

const addressOf = (objectType: string, { id, email, phone }: Recipient): string => {
  if (objectType === 'email') return email ?? 'somebody@example.com';
  if (objectType === 'sms' || objectType === 'whatsapp') return phone ?? '+15550000002';
  if (objectType === 'slack') return '#general';
  return objectType === 'webhook' ? 'https://example.com/action' : (id ?? 'somebody');
};

const devicesOf = ({ devices }: Recipient, more: Json = {}): readonly Json[] =>
  (devices.length > 0 ? devices : [{ token: 'token', platform: 'ios' }]).map(({ token, platform }) => ({
    device_id: token,
    device_platform: platform,
    ...more,
  }));

const VALUES: Readonly<Record<string, (objectType: string, recipient: Recipient) => unknown>> = {
  subject: () => 'Hello',
  recipient: addressOf,
  content: () => 'Hello from the fake.',
  headers: () => ({ 'X-Fake': ['1'] }),
  proxied: () => false,
  prefetched: () => false,
  synthetic: () => false,
  machine: () => false,
  href: () => 'https://example.com/',
  link_id: () => 1,
  failure_message: () => 'made to fail by the fake',
  recipients: (_type, recipient) => devicesOf(recipient),
  inbound_event_id: (_type, { now }) => newUlid(now),
  to: () => '+15550000001',
  tracked_response: () => 'cta',
};

/**
 * The fields that a pair has beside the common ones, filled with something sensible (contract, section 7.2). A pair that is
 * not documented has none.
 *
 * @example fieldsOf('sms', 'delivered', recipient) // { recipient: '+15550000002' }
 */
export const fieldsOf = (objectType: string, metric: string, recipient: Recipient): Json => {
  // A JSON text, not an object (contract, section 0.7).
  if (metric === PREFERENCES_CHANGED) return { content: JSON.stringify(recipient.preferences ?? {}) };
  const table = Object.hasOwn(FIELDS, objectType) ? FIELDS[objectType] : undefined;
  const names = table && Object.hasOwn(table, metric) ? table[metric] : '';
  if (names === 'failed_recipients') {
    return { recipients: devicesOf(recipient, { failure_message: 'Unregistered' }) };
  }
  const entries = (names ?? '')
    .split(' ')
    .map((name) => [name, VALUES[name]?.(objectType, recipient)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
};
