import express, { type RequestHandler, Router } from 'express';
import type { EventStream, StreamMessage } from '../pubsub/port.ts';
import { localOnly } from '../runtime/http/local-only.ts';
import { Problem } from '../runtime/http/problem.ts';
import { REFILL_PATH } from './refill-path.ts';

/** No page may write here, not even our own. */
const programsOnly: RequestHandler = ({ headers }, _response, next) => {
  if (headers.origin === undefined) return next();
  throw new Problem(403, 'local_only', 'refills are taken from programs, and from no page');
};

const isRefill = (message: unknown): message is StreamMessage => {
  const { table, row, eventId } = (message ?? {}) as Readonly<Record<string, unknown>>;
  const { event_id: id, refilled } = (row ?? {}) as Readonly<Record<string, unknown>>;
  return table === 'delivery_events' && typeof id === 'string' && id === eventId && refilled === true;
};

/**
 * `POST /warehouse/refill` of `npm start`, for programs of this machine only: `{"messages": […]}`, rows of delivery events with
 * `refilled` true, are put into the stream that webhooks go into; 204 once they are stored.
 */
export const refillRouter = (stream: Pick<EventStream, 'publish'>): Router => {
  const router = Router();
  // Who asks is looked at before the body is read.
  router.use(REFILL_PATH, localOnly('the refill'), programsOnly);
  router.post(REFILL_PATH, express.json({ limit: '5mb' }), async (request, response) => {
    const messages = (request.body as { messages?: unknown } | undefined)?.messages;
    if (!Array.isArray(messages) || !messages.every(isRefill)) {
      throw new Problem(400, 'bad_request', 'the body must be JSON, {"messages": […]}, of refilled rows');
    }
    await stream.publish(messages);
    response.status(204).end();
  });
  return router;
};
