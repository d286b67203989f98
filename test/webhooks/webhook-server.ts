import { createHmac } from 'node:crypto';
import { expect } from '@jest/globals';
import express, { type RequestHandler } from 'express';
import { InMemoryStream } from '../../app/pubsub/in-memory-stream.ts';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';
import { createMetrics, type Metrics } from '../../app/runtime/metrics.ts';
import { CustomerIOWebhooks, type HandlingLimits } from '../../app/webhooks/customerio-webhooks.ts';
import { streamTo } from '../../app/webhooks/stream-to.ts';
import { webhooksMetrics } from '../../app/webhooks/webhooks-metrics.ts';
import { type WebhooksOptions, webhooksRouter } from '../../app/webhooks/webhooks-router.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { rowFaults } from '../support/row-faults.ts';

export const KEY = 'signing-key';
/** The samples of the contract are a second old. */
export const NOW = 1_760_000_001_000;
const SENT = '1760000000';

/** A body as bytes: text as UTF-8, anything else as JSON. */
export const bytesOf = (body: unknown): Buffer => {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
};

/** The headers that sign a body. */
export const signed = (body: unknown, key = KEY, timestamp = SENT): Record<string, string> => ({
  'x-cio-timestamp': timestamp,
  'x-cio-signature': createHmac('sha256', key).update(`v0:${timestamp}:`).update(bytesOf(body)).digest('hex'),
});

/** The bytes of a request as they can be got back from what was published for it. */
export const recovered = (messages: InMemoryStream['messages']): Buffer | undefined => {
  const [first] = messages;
  if (first === undefined) return undefined;
  const { raw, body_base64: base64 } = first.row;
  return first.table === 'delivery_events' ? Buffer.from(String(raw)) : Buffer.from(String(base64), 'base64');
};

/** Expects that BigQuery would take every message that was published. */
export const expectWritable = ({ messages }: InMemoryStream): void => {
  for (const { table, row } of messages) expect(rowFaults(table, row)).toEqual([]);
};

export interface WebhookServer {
  readonly url: string;
  readonly port: number;
  readonly stream: InMemoryStream;
  readonly webhooks: CustomerIOWebhooks;
  readonly logger: RecordingLogger;
  readonly metrics: Metrics;
  /** Posts a body, signed unless other headers are given. */
  post(body: unknown, headers?: Record<string, string> | [string, string][]): Promise<Response>;
  close(): Promise<void>;
}

/** Serves the receiver on a free port, storing into memory. */
export const startWebhooks = async (
  more: Partial<WebhooksOptions> = {},
  limits: HandlingLimits = {},
  before: readonly RequestHandler[] = [],
): Promise<WebhookServer> => {
  const stream = new InMemoryStream();
  const webhooks = new CustomerIOWebhooks(limits);
  webhooks.on('*', streamTo(stream));
  const logger = new RecordingLogger();
  const metrics = createMetrics();
  const router = webhooksRouter({
    keys: () => [KEY],
    webhooks,
    logger,
    metrics: webhooksMetrics(metrics),
    now: () => NOW,
    stopping: () => false,
    ...more,
  });
  const app = express();
  for (const middleware of before) app.use(middleware);
  const { server, port } = await listen(app.use(router), 0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}/webhooks/customerio`;
  return {
    ...{ url, port, stream, webhooks, logger, metrics },
    post: (body, headers = signed(body)) =>
      fetch(url, { method: 'POST', headers, body: new Uint8Array(bytesOf(body)) }),
    close: () => closeServer(server, 200),
  };
};
