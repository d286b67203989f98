import type { Response, Router } from 'express';
import type { FakeState } from './fake-state.ts';
import { isObject, type Json } from './operation-fault.ts';
import { messageOf } from './reporting/deliveries.ts';
import type { NewDelivery } from './reporting/reporting.ts';
import { sendingFaults } from './reporting/sending-settings.ts';
import type { Happening } from './reporting/webhook-event.ts';
import { timestampFaults } from './validate-operation.ts';

type Rules = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 200;
const isMetrics = (value: unknown): boolean =>
  isObject(value) &&
  Object.keys(value).length > 0 &&
  Object.values(value).every((at) => at !== undefined && timestampFaults(at).length === 0);

const EVENT: Rules = {
  object_type: isText,
  metric: isText,
  person: isText,
  data: isObject,
  timestamp: Number.isInteger,
  lose: (value) => typeof value === 'boolean',
};
const DELIVERY: Rules = {
  type: isText,
  person: isText,
  delivery_id: isText,
  metrics: isMetrics,
  data: isObject,
};
const CLOCK: Rules = {
  scale: (value) => typeof value === 'number' && value >= 1 && value <= 1_000_000,
};
const REDELIVER: Rules = { event_id: isText };

/** What is wrong with a control's body: what is unknown, not valid, or missing. */
const faultsOf = (body: unknown, rules: Rules, required: readonly string[]): readonly string[] => {
  if (!isObject(body)) return ['must be an object'];
  const wrong = Object.entries(body).flatMap(([name, value]) => {
    if (!Object.hasOwn(rules, name)) return [`${name} is not known`];
    return rules[name]?.(value) ? [] : [`${name} is not valid`];
  });
  return [
    ...wrong,
    ...required.filter((name) => body[name] === undefined).map((name) => `${name} is required`),
  ];
};

/** Whether the body will do; if not, that is answered. */
const isRefused = (response: Response, faults: readonly string[]): boolean => {
  if (faults.length > 0) response.status(400).json({ error: faults.join('; ') });
  return faults.length > 0;
};

const webhookControls = (router: Router, state: FakeState): void => {
  const { reporting } = state;
  const show = (response: Response): void => {
    response.json({ ...reporting.sending, endpoints: reporting.webhooks.view });
  };
  router.get('/webhooks', (_request, response) => show(response));
  router.post('/webhooks', ({ body }, response) => {
    if (isRefused(response, faultsOf(body, EVENT, ['object_type', 'metric', 'person']))) return;
    const { lose, ...happening } = body as Happening & { lose?: boolean };
    response.json(reporting.emit(happening, state.workspace, lose));
  });
  router.post('/webhooks/settings', ({ body }, response) => {
    if (isRefused(response, isObject(body) ? sendingFaults(body) : ['must be an object'])) return;
    reporting.adjust(body as Json);
    show(response);
  });
  router.post('/webhooks/redeliver', ({ body }, response) => {
    if (isRefused(response, faultsOf(body, REDELIVER, ['event_id']))) return;
    const webhooks = reporting.redeliver(String((body as Json)['event_id']));
    if (webhooks === undefined) response.status(404).json({ error: 'this event is not remembered' });
    else response.json({ webhooks });
  });
};

/**
 * Controls of what the fake reports: `webhooks` (state; emit one), `webhooks/settings`, `webhooks/redeliver`, `deliveries`
 * (list; make one whose webhooks were lost) and `clock`.
 */
export const reportingControls = (router: Router, state: FakeState): void => {
  const { reporting } = state;
  webhookControls(router, state);
  router.get('/deliveries', (_request, response) => {
    response.json(reporting.deliveries.list.map(messageOf));
  });
  router.post('/deliveries', ({ body }, response) => {
    if (isRefused(response, faultsOf(body, DELIVERY, ['type', 'person']))) return;
    response.json(messageOf(reporting.deliver(body as NewDelivery, state.workspace)));
  });
  router.get('/clock', (_request, response) => {
    response.json({ scale: reporting.clock.scale });
  });
  router.post('/clock', ({ body }, response) => {
    if (isRefused(response, faultsOf(body, CLOCK, ['scale']))) return;
    reporting.clock.scale = Number((body as Json)['scale']);
    response.json({ scale: reporting.clock.scale });
  });
};
