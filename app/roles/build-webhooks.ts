import type { RequestListener } from 'node:http';
import type { ConfigFor } from '../contract/env.ts';
import type { EventStream } from '../pubsub/port.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { CustomerIOWebhooks } from '../webhooks/customerio-webhooks.ts';
import { streamTo } from '../webhooks/stream-to.ts';
import { webhooksMetrics } from '../webhooks/webhooks-metrics.ts';
import { webhooksReceiver } from '../webhooks/webhooks-router.ts';

/** What the receiver of webhooks stands on. */
interface WebhooksParts {
  readonly stream: Pick<EventStream, 'publish'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly stopping: () => boolean;
}

/** The receiver of webhooks over a stream. */
export const buildWebhooks = (
  { webhookSigningKey }: Pick<ConfigFor<'webhooks'>, 'webhookSigningKey'>,
  { stream, logger, metrics, stopping }: WebhooksParts,
): RequestListener => {
  const webhooks = new CustomerIOWebhooks();
  webhooks.on('*', streamTo(stream));
  return webhooksReceiver({
    keys: () => webhookSigningKey.current,
    webhooks,
    logger,
    metrics: webhooksMetrics(metrics),
    now: Date.now,
    stopping,
  });
};
