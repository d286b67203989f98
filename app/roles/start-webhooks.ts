import type { RequestListener } from 'node:http';
import express from 'express';
import type { ConfigFor } from '../contract/env.ts';
import { PATHS } from '../contract/http-paths.ts';
import { LIMITS } from '../contract/limits.ts';
import { GoogleStream } from '../pubsub/google-stream.ts';
import type { EventStream } from '../pubsub/port.ts';
import { systemClock } from '../runtime/clock.ts';
import { decodablePath } from '../runtime/http/decodable-path.ts';
import { type Operations, operationsRouter } from '../runtime/http/operations-router.ts';
import { Problem, problemHandler } from '../runtime/http/problem.ts';
import type { Running } from '../runtime/run-until-signal.ts';
import { untilDeadline } from '../runtime/until-deadline.ts';
import { buildWebhooks } from './build-webhooks.ts';
import { type PartsOptions, type RoleParts, roleParts } from './role-parts.ts';
import { serveService } from './serve-service.ts';
import { StreamLink } from './stream-link.ts';

type Config = ConfigFor<'webhooks'>;

/** What a test or an embedder replaces of the role. */
export interface WebhooksRoleOptions extends PartsOptions {
  /** @default the Pub/Sub topic in the settings */
  readonly stream?: EventStream;
  /** How often Pub/Sub is tried again at start, in milliseconds. @default 3000 */
  readonly retryMs?: number;
}

interface WebhooksRole extends RoleParts {
  readonly stream: EventStream;
  readonly link: StreamLink;
  readonly stopping: () => boolean;
}

/** What is left of the drain for the stream after requests under way are answered, in milliseconds. */
const STREAM_CLOSE_MS = 3_500;

const googleStream = ({
  pubsubProject: project,
  pubsubTopic: topic,
  pubsubEmulatorHost,
}: Config): EventStream => new GoogleStream({ project, topic, emulatorHost: pubsubEmulatorHost });

/** Why webhooks are not taken: a code. */
const heldFor = ({ webhookSigningKey }: Config, stream: EventStream): string | undefined => {
  if (webhookSigningKey.current === undefined) return 'signing_key_unset';
  return stream.stuck ? 'stream_stuck' : undefined;
};

const operationsOf = (config: Config, { stream, link, stopping }: WebhooksRole): Operations => ({
  readiness: () => {
    const held = heldFor(config, stream);
    return { ready: !stopping() && held === undefined, roles: { webhooks: { heldFor: held } } };
  },
  startup: () => (link.reached ? { started: true } : { started: false, reason: 'stream_unreachable' }),
});

/** Webhooks go to their receiver at once, everything else to Express: see decision 6. */
const listenerOf = (config: Config, role: WebhooksRole, operations: Operations): RequestListener => {
  const receiver = buildWebhooks(config, role);
  const app = express().disable('x-powered-by');
  app.use(decodablePath);
  app.use(operationsRouter(operations));
  app.all(PATHS.webhooks, receiver);
  app.use((request) => {
    throw new Problem(404, 'not_found', `nothing is served at ${request.path}`);
  });
  app.use(problemHandler(role.logger));
  return (request, response) =>
    request.url === PATHS.webhooks ? receiver(request, response) : app(request, response);
};

/**
 * Starts the receiver of webhooks: listens at once and connects to Pub/Sub meanwhile. Until the signing key has a value, and
 * while Pub/Sub does not acknowledge, it answers its probes and refuses webhooks with 503, so that they are sent again.
 *
 * @throws ListenError when a port is busy
 * @example const webhooks = await startWebhooks(processConfig('webhooks'));
 */
export const startWebhooks = async (config: Config, options: WebhooksRoleOptions = {}): Promise<Running> => {
  const parts = roleParts('webhooks', config, options);
  const { logger, metrics, secrets } = parts;
  const stream = options.stream ?? googleStream(config);
  const link = new StreamLink({ stream, logger, sleep: systemClock.sleep, retryMs: options.retryMs });
  let stopping = false;
  const role = { ...parts, stream, link, stopping: () => stopping };
  metrics.gauge('stream_stuck', '1 while nothing is acknowledged', () => (stream.stuck ? 1 : 0));
  const operations = operationsOf(config, role);
  const service = await serveService(config, listenerOf(config, role, operations), operations, metrics);
  secrets.start();
  void link.start();
  const stop = async (): Promise<void> => {
    const deadline = Date.now() + LIMITS.drainMs - 500;
    stopping = true;
    secrets.stop();
    link.stop();
    await service.closePublic(LIMITS.drainMs - STREAM_CLOSE_MS - 500);
    await untilDeadline(stream.close(), deadline);
    await service.closeOperations();
  };
  return { url: service.url, stop };
};
