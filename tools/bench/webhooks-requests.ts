import { createHmac } from 'node:crypto';

/** Of every request of the bench. */
export const KEY = 'bench';

const PAIRS = [
  ['email', 'sent'],
  ['email', 'delivered'],
  ['email', 'opened'],
  ['email', 'clicked'],
  ['sms', 'delivered'],
  ['push', 'sent'],
] as const;

const bodyOf = (index: number): string => {
  const [objectType, metric] = PAIRS[index % PAIRS.length] ?? PAIRS[0];
  const id = `bench-${index}`;
  const recipients = [{ device_id: `d-${index}`, device_platform: 'ios' }];
  return JSON.stringify({
    event_id: id,
    object_type: objectType,
    metric,
    timestamp: Math.floor(Date.now() / 1000),
    data: {
      customer_id: id,
      identifiers: { id, email: `${id}@example.com`, cio_id: `c${index}` },
      ...{ delivery_id: `dgO${index}`, campaign_id: 23, action_id: 36, trigger_event_id: null },
      subject: 'Thanks for signing up',
      ...(objectType === 'push' ? { recipients } : { recipient: `${id}@example.com` }),
      ...(metric === 'clicked' && { href: 'https://example.com/a?b=c', link_id: 1 }),
    },
  });
};

/** Signed webhooks as the bytes of whole HTTP requests, so that sending them costs as little as can be. */
export const signedRequests = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => {
    const body = bodyOf(index);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', KEY).update(`v0:${timestamp}:${body}`).digest('hex');
    return Buffer.from(
      [
        'POST /webhooks/customerio HTTP/1.1',
        'host: 127.0.0.1',
        'content-type: application/json',
        'user-agent: Customer.io Web Hooks 1.0',
        `x-cio-timestamp: ${timestamp}`,
        `x-cio-signature: ${signature}`,
        `content-length: ${Buffer.byteLength(body)}`,
        '',
        body,
      ].join('\r\n'),
    );
  });
