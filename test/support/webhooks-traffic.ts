/** What the fake Customer.io is told to report. */
export interface Reported {
  readonly object_type: string;
  readonly metric: string;
  readonly person: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

const PAIRS = [
  ...['email sent', 'email delivered', 'email opened', 'email clicked', 'email bounced', 'email spammed'],
  ...['sms sent', 'sms replied', 'whatsapp delivered', 'in_app opened', 'slack sent', 'webhook attempted'],
  ...['customer subscribed', 'customer cio_subscription_preferences_changed'],
  ...['push sent', 'push delivered', 'push bounced'],
  // Not documented.
  ...['carrier_pigeon landed', 'email read_aloud'],
].map((pair) => pair.split(' ') as [string, string]);
const MOST_DEVICES = 5;

const devices = (index: number): readonly object[] =>
  Array.from({ length: 1 + (index % MOST_DEVICES) }, (_, device) => ({
    device_id: `device-${index}-${device}`,
    device_platform: device % 2 === 0 ? 'ios' : 'android',
  }));

/** Documented and unknown pairs by turns; pushes have one to five recipients. */
export const reports = (count: number): readonly Reported[] =>
  Array.from({ length: count }, (_, index) => {
    const [objectType, metric] = PAIRS[index % PAIRS.length] ?? ['email', 'sent'];
    const base = { object_type: objectType, metric, person: `person-${index % 20}` };
    return objectType === 'push' ? { ...base, data: { recipients: devices(index) } } : base;
  });

/** How many rows a report becomes: one, or one for each recipient of a push. */
export const rowsOf = ({ data }: Reported): number => {
  const recipients = data?.['recipients'];
  return Array.isArray(recipients) ? recipients.length : 1;
};
