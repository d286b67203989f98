import type { RequestListener } from 'node:http';
import type { ConfigFor } from '../contract/env.ts';
import type { EventStream } from '../pubsub/port.ts';
import { atMostEvery } from '../runtime/at-most-every.ts';
import type { SecretFiles } from '../runtime/config/secret-files.ts';
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
  readonly secrets: Pick<SecretFiles, 'refresh'>;
  readonly stopping: () => boolean;
}

/** A wrong signature has the key read again, and anybody may send one. */
const REFRESH_MS = 10_000;

/** The receiver of webhooks over a stream. */
export const buildWebhooks = (
  {
    webhookSigningKey,
    googleCloudProject,
  }: Pick<ConfigFor<'webhooks'>, 'webhookSigningKey' | 'googleCloudProject'>,
  { stream, logger, metrics, secrets, stopping }: WebhooksParts,
): RequestListener => {
  const webhooks = new CustomerIOWebhooks();
  webhooks.on('*', streamTo(stream));
  return webhooksReceiver({
    keys: () => webhookSigningKey.current,
    refreshKeys: atMostEvery(REFRESH_MS, () => secrets.refresh()),
    webhooks,
    logger,
    metrics: webhooksMetrics(metrics),
    now: Date.now,
    project: googleCloudProject,
    stopping,
  });
};
