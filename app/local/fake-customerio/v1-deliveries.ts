import { Router } from 'express';
import { answerV1Faults } from './answers.ts';
import { type ApiCall, apiCall } from './api-call.ts';
import { applyOperation } from './apply-operation.ts';
import type { FakeState } from './fake-state.ts';
import { isObject, type Json, textOf } from './operation-fault.ts';
import { timestampFaults } from './validate-operation.ts';

const MAIL = ['bounced', 'clicked', 'converted', 'deferred', 'delivered', 'dropped', 'opened', 'spammed'];
/** The metrics that each channel can be told (contract, section 2). */
const METRICS: Readonly<Record<string, readonly string[]>> = {
  email: MAIL,
  webhook: MAIL,
  in_app: ['clicked', 'converted', 'opened'],
  push: ['converted', 'delivered', 'opened'],
  slack: ['clicked', 'converted', 'delivered', 'opened'],
  sms: ['bounced', 'clicked', 'delivered', 'opened'],
};

/** A delivery that nobody knows may be of any channel. */
const metricsOf = (type: string | undefined): readonly string[] =>
  type !== undefined && Object.hasOwn(METRICS, type) ? (METRICS[type] ?? []) : MAIL;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const faultsOf = (body: Json, metric: unknown, allowed: readonly string[]): readonly string[] => [
  ...(isText(body['delivery_id']) ? [] : ['delivery_id is required']),
  ...(isText(metric) && allowed.includes(metric) ? [] : [`metric must be one of ${allowed.join(', ')}`]),
  ...(body['metadata'] === undefined || isObject(body['metadata']) ? [] : ['metadata must be an object']),
  ...timestampFaults(body['timestamp']).map((fault) => `timestamp ${fault.message}`),
];

/** Marks a delivery and emits its webhook. An unknown delivery is answered 200 as well: nothing happens. */
const answerReached = (
  { state, response, body }: ApiCall,
  name: 'metric' | 'event',
  allowed: (type: string | undefined) => readonly string[],
  dataOf: (body: Json) => Json,
): void => {
  if (body === undefined || !isObject(body)) return answerV1Faults(response, ['malformed JSON']);
  const id = textOf(body['delivery_id']);
  const metric = body[name];
  const faults = faultsOf(body, metric, allowed(state.reporting.deliveries.get(id)?.type));
  if (faults.length > 0) return answerV1Faults(response, faults);
  state.workspace.stats.reports += 1;
  const timestamp = body['timestamp'];
  state.reporting.emitFor(id, String(metric), state.workspace, {
    data: dataOf(body),
    ...(typeof timestamp === 'number' && { timestamp }),
  });
  response.json({});
};

/** `POST /metrics` (contract, section 2): a mail client or provider tells what became of a delivery. */
export const answerMetric = (call: ApiCall): void =>
  answerReached(call, 'metric', metricsOf, ({ recipient, reason, href }) => ({
    ...(recipient !== undefined && { recipient }),
    ...(reason !== undefined && { failure_message: reason }),
    ...(href !== undefined && { href }),
  }));

/** `POST /push/events` (contract, section 2): a device tells what became of a push message. */
export const answerPushEvent = (call: ApiCall): void =>
  answerReached(
    call,
    'event',
    () => METRICS['push'] ?? [],
    ({ device_id: device }) => (device === undefined ? {} : { recipients: [{ device_id: device }] }),
  );

const answerUnsubscribe = ({ state, request, response, body }: ApiCall): void => {
  const { reporting, workspace, settings } = state;
  const id = String(request.params['delivery']);
  const delivery = reporting.deliveries.get(id);
  if (delivery === undefined) return answerV1Faults(response, ['the delivery id is not known']);
  if (body === undefined || !isObject(body)) return answerV1Faults(response, ['malformed JSON']);
  const unsubscribed = body['unsubscribe'] === true;
  // A click in a message is reported of the delivery as well as of the person (contract, section 6).
  if (unsubscribed) reporting.emitFor(id, 'unsubscribed', workspace);
  const { identifiers } = delivery.common;
  const named = isObject(identifiers)
    ? Object.entries(identifiers).find(([, value]) => isText(value))
    : undefined;
  if (named !== undefined) {
    const attributes = { unsubscribed, _update: true };
    const operation = {
      type: 'person',
      action: 'identify',
      identifiers: Object.fromEntries([named]),
      attributes,
    };
    applyOperation(workspace, operation, settings);
  }
  response.json({});
};

/** `POST /unsubscribe/{delivery_id}` at the Track API's host, without credentials (contract, section 2). */
export const unsubscribeRouter = (state: FakeState): Router => {
  const router = Router({ caseSensitive: true, strict: true });
  const endpoint = { people: () => [], items: () => 1, answer: answerUnsubscribe, open: true } as const;
  router.post('/:delivery', apiCall(state, endpoint));
  return router;
};
