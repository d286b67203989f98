import { randomUUID } from 'node:crypto';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { PATHS } from '../contract/http-paths.ts';
import type { Logger } from '../runtime/logger.ts';
import { answerWebhook } from './answer-webhook.ts';
import { logWebhook } from './log-webhook.ts';
import type { Outcome } from './outcome.ts';
import { type ReceiveOptions, receiveWebhook } from './receive-webhook.ts';
import { errorOf } from './settle-within.ts';
import { countWebhook, type WebhooksMetrics } from './webhooks-metrics.ts';

/** What the receiver of webhooks needs. */
export interface WebhooksOptions extends Omit<ReceiveOptions, 'onUnreadable'> {
  readonly logger: Logger;
  readonly metrics: WebhooksMetrics;
  /**
   * Whether the process is stopping: its last requests are still taken, for a 503 would hold back the webhooks after them, but
   * their connections end.
   */
  readonly stopping: () => boolean;
}

type Receive = (request: Request, correlationId: string) => Promise<Outcome>;

const orFailed = async (work: Promise<Outcome>): Promise<Outcome> => {
  try {
    return await work;
  } catch (error) {
    return { kind: 'failed', error: errorOf(error) };
  }
};

const handle =
  (receive: Receive, { logger, metrics, now, stopping }: WebhooksOptions): RequestHandler =>
  async (request: Request, response: Response) => {
    const correlationId = randomUUID();
    const startedAt = performance.now();
    const outcome = await orFailed(receive(request, correlationId));
    response.set('x-correlation-id', correlationId);
    const status = answerWebhook(response, outcome, stopping());
    const durationMs = Math.round(performance.now() - startedAt);
    countWebhook(metrics, outcome, durationMs);
    logWebhook(logger, outcome, { correlationId, status, durationMs, now: now() });
  };

/**
 * The receiver of Customer.io's reporting webhooks: `POST /webhooks/customerio`. Answers 200 only after the listeners of `*`
 * have stored the event, whatever it contains; 401 where it is not signed; 503, so that it is soon sent again, for everything
 * that is no fault of the sender. Mount it before anything that reads bodies. Source: contract, section 7.
 *
 * @example
 * const webhooks = new CustomerIOWebhooks();
 * webhooks.on('*', streamTo(stream));
 * app.use(webhooksRouter({ keys: () => [key], webhooks, logger, metrics, now: Date.now, stopping: () => false }));
 */
export const webhooksRouter = (options: WebhooksOptions): Router => {
  const { logger } = options;
  const receiveOptions: ReceiveOptions = {
    ...options,
    onUnreadable: (error, { correlationId }) =>
      logger.error({ err: error, correlationId }, 'webhook.unreadable'),
  };
  const receive: Receive = (request, correlationId) => receiveWebhook(request, correlationId, receiveOptions);
  const router = Router();
  router
    .route(PATHS.webhooks)
    .post(handle(receive, options))
    .all(handle(async () => ({ kind: 'method_not_allowed' }), options));
  return router;
};
