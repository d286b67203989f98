import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { Router } from 'express';
import { PATHS } from '../contract/http-paths.ts';
import { afterTurn } from '../runtime/after-turn.ts';
import { traceFields } from '../runtime/http/trace-fields.ts';
import type { Logger } from '../runtime/logger.ts';
import { answerWebhook } from './answer-webhook.ts';
import type { Outcome } from './outcome.ts';
import { type ReceiveOptions, receiveWebhook } from './receive-webhook.ts';
import { errorOf } from './settle-within.ts';
import { type RequestLine, webhookLog } from './webhook-log.ts';
import { countWebhook, type WebhooksMetrics } from './webhooks-metrics.ts';

/** What the receiver of webhooks needs. */
export interface WebhooksOptions extends Omit<ReceiveOptions, 'onUnreadable' | 'now'> {
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  readonly logger: Logger;
  readonly metrics: WebhooksMetrics;
  /** The Google Cloud project whose traces log lines name. @default lines have the bare id of the trace */
  readonly project?: string | undefined;
  /**
   * Whether the process is stopping: its last requests are still taken, for a 503 would hold back the webhooks after them, but
   * their connections end. @default never
   */
  readonly stopping?: () => boolean;
}

/** An answered request, whose line and counts are still to be made. */
interface Answered {
  readonly outcome: Outcome;
  readonly line: RequestLine;
}

/**
 * Takes one request, whatever its path: receives, answers, counts and logs it. It asks nothing of Express, whose work for a request
 * costs as much as checking a signature; where it serves one path of an app, use {@link webhooksRouter}.
 *
 * @example createServer(webhooksReceiver({ keys: () => [key], webhooks, logger, metrics }));
 */
export const webhooksReceiver = (options: WebhooksOptions): RequestListener => {
  const { logger, metrics, project, now = Date.now, stopping = () => false } = options;
  const receiveOptions: ReceiveOptions = {
    ...options,
    now,
    onUnreadable: (error, { correlationId }) =>
      logger.error({ err: error, correlationId }, 'webhook.unreadable'),
  };
  const log = webhookLog(logger);
  const note = afterTurn((answered: readonly Answered[]) => {
    for (const { outcome, line } of answered) {
      try {
        countWebhook(metrics, outcome, line.durationMs);
        log(outcome, line);
      } catch (error) {
        // A logger that fails must not end the process, nor take the other lines with it.
        process.emitWarning(`a webhook is not logged: ${errorOf(error).message}`);
      }
    }
  });
  return async (request, response) => {
    const correlationId = randomUUID();
    const startedAt = performance.now();
    let outcome: Outcome;
    try {
      outcome = await receiveWebhook(request, correlationId, receiveOptions);
    } catch (error) {
      outcome = { kind: 'failed', error: errorOf(error) };
    }
    const status = answerWebhook(request, response, outcome, { correlationId, closing: stopping() });
    const durationMs = Math.round(performance.now() - startedAt);
    const traced = traceFields(request.headers, project);
    note({ outcome, line: { correlationId, status, durationMs, now: now(), traced } });
  };
};

/**
 * The receiver of Customer.io's reporting webhooks: `POST /webhooks/customerio`. Answers 200 only after the listeners of `*`
 * have stored the event, whatever it contains; 401 where it is not signed; 503, so that it is soon sent again, for everything
 * that is no fault of the sender. Mount it before anything that reads bodies. Source: contract, section 7.
 *
 * @example
 * const webhooks = new CustomerIOWebhooks();
 * webhooks.on('*', streamTo(stream));
 * app.use(webhooksRouter({ keys: () => [key], webhooks, logger, metrics }));
 */
export const webhooksRouter = (options: WebhooksOptions): Router =>
  Router().all(PATHS.webhooks, webhooksReceiver(options));
