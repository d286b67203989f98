export const AT = '2026-11-24T08:00:00';
export const HOSTILE = '<img src="x" onerror="document.title=1">';
export const CORRELATION_ID = '0a9f4a1c-8f6b-4b3e-9d57-0c5b0c1d2e3f';

/** An event and a delivery that came of it, as `GET /trace/:id` tells of them. */
export const ID = '01J9Z3M8Q4N6T1V5W7X9Y2B3C4';
export const DELIVERY = 'RPILAgUBcRhIBqSfeiIwdIYJKxTY';
const EVENT = {
  eventId: ID,
  messageId: 'm-1',
  correlationId: CORRELATION_ID,
  person: 'ada',
};
export const FOUND = {
  since: `${AT}.000Z`,
  verdicts: [
    { state: 'delivered', eventId: ID, words: `delivered to Customer.io at ${AT}.250Z` },
    {
      state: 'dead',
      eventId: 'e2',
      words: `a dead letter since ${AT}.000Z: invalid at stage customerio: ${HOSTILE}`,
    },
    {
      state: 'message',
      deliveryId: DELIVERY,
      eventId: ID,
      words: `the last that is known of the message: email opened at ${AT}.000Z`,
    },
    { state: 'quarantined', words: `webhook w1: ‘timestamp’ is no number of seconds, at ${AT}.500Z` },
  ],
  steps: [
    {
      at: `${AT}.123Z`,
      where: 'customerio.track',
      kind: 'accepted',
      what: 'track accepted (partition 3, offset 7)',
      ...EVENT,
    },
    {
      at: `${AT}.200Z`,
      where: 'customerio.dlq',
      kind: 'dead',
      what: `invalid: ${HOSTILE}`,
      eventId: 'e2',
      person: 'ada',
    },
    {
      at: `${AT}.250Z`,
      where: 'customerio.processed',
      kind: 'processed',
      what: 'delivered to Customer.io',
      eventId: ID,
      person: 'ada',
    },
    {
      at: `${AT}.000Z`,
      where: 'delivery_events',
      kind: 'message',
      what: 'email opened',
      eventId: ID,
      deliveryId: DELIVERY,
      person: 'ada',
    },
    {
      at: `${AT}.500Z`,
      where: 'quarantine',
      kind: 'quarantined',
      what: '‘timestamp’ is no number of seconds',
      webhookId: 'w1',
    },
  ],
  searched: { delivery_events: true, 'customerio.track': true, 'customerio.dlq': false },
};

/** What the page polls, of a platform that has no warehouse. */
export const POLLED: Readonly<Record<string, unknown>> = {
  '/status.json': {
    bus: 'memory',
    topics: {},
    worker: { partitions: 12, waiting: 0 },
    webhooks: { stream: 'pubsub' },
  },
  '/readyz': {},
  '/fake-customerio/_control/stats': {},
  '/fake-customerio/_control/requests': [],
};
