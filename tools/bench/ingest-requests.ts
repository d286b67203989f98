/** The write key of the bench. */
export const KEY = 'bench-write-key-1';

const eventOf = (index: number) => ({
  type: 'track',
  userId: `user-${index % 500}`,
  event: 'Order Completed',
  messageId: `8f2a6c1e-41d7-4b0e-9c55-${String(index).padStart(12, '0')}`,
  timestamp: '2026-01-01T00:00:00.000Z',
  properties: {
    orderId: `o-${index}`,
    total: 30.5,
    currency: 'EUR',
    products: [
      { id: 'p-1', name: 'Socks', price: 19.99, quantity: 1 },
      { id: 'p-2', name: 'Hat', price: 10.51, quantity: 2 },
    ],
  },
  context: { library: { name: 'analytics-node', version: '3.1.0' }, locale: 'de-DE' },
});

const request = (path: string, body: object): Buffer => {
  const text = JSON.stringify(body);
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Basic ${btoa(`${KEY}:`)}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`);
};

const list = (count: number, of: (index: number) => Buffer): readonly Buffer[] =>
  Array.from({ length: count }, (_none, index) => of(index));

/** Requests of one ordinary event each, some 500 bytes. */
export const singles = list(1_000, (index) => request('/v1/track', eventOf(index)));

/** Requests of a hundred of them each. */
export const batches = list(50, (index) =>
  request('/v1/batch', { batch: Array.from({ length: 100 }, (_none, item) => eventOf(index * 100 + item)) }),
);
