import { type Request, Router } from 'express';
import { answerV1Faults } from './answers.ts';
import { type ApiCall, apiCall } from './api-call.ts';
import { applyOperation } from './apply-operation.ts';
import type { FakeState } from './fake-state.ts';
import { isObject, type Json } from './operation-fault.ts';
import { answerMetric, answerPushEvent } from './v1-deliveries.ts';
import { answerEvent } from './v1-events.ts';
import { answerForm } from './v1-forms.ts';
import { answerSegment } from './v1-segments.ts';
import { operationFaults } from './validate-operation.ts';
import type { Identifiers } from './workspace.ts';

/** The shape of a path's identifier decides what it is (contract, section 2). Express has decoded it once. */
const identifiersOf = (request: Request): Identifiers => {
  const text = String(request.params['identifier']);
  if (text.startsWith('cio_')) return { cio_id: text.slice('cio_'.length) };
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? { email: text } : { id: text };
};

/** The limit of an item's size is one of v2: 0 bytes are never above it. */
const apply = (call: ApiCall, operation: Json): void => {
  const { state, response, body } = call;
  const faults = body === undefined || !isObject(body) ? [] : operationFaults(operation, state.settings, 0);
  if (body === undefined || !isObject(body)) return answerV1Faults(response, ['malformed JSON']);
  if (faults.length > 0) {
    state.workspace.stats.refused += 1;
    return answerV1Faults(
      response,
      faults.map(({ field, message }) => `${field} ${message}`.trim()),
    );
  }
  applyOperation(state.workspace, operation, state.settings);
  response.json({});
};

const person = (request: Request, action: string, more: Json = {}): Json => ({
  type: 'person',
  identifiers: identifiersOf(request),
  action,
  ...more,
});

type Answer = (call: ApiCall) => void;

const identify: Answer = (call) => {
  const body = isObject(call.body) ? call.body : {};
  const { _timestamp: timestamp, cio_relationships: relationships, ...attributes } = body;
  const operation = person(call.request, 'identify', {
    attributes,
    ...(Number.isInteger(timestamp) && { timestamp }),
    ...(relationships !== undefined && { cio_relationships: relationships }),
  });
  apply(call, operation);
};

const simple =
  (action: string): Answer =>
  (call) =>
    apply(call, person(call.request, action));

const addDevice: Answer = (call) => {
  const device = isObject(call.body) && isObject(call.body['device']) ? call.body['device'] : {};
  apply(call, person(call.request, 'add_device', { device: { ...device, token: device['id'] } }));
};

const deleteDevice: Answer = (call) =>
  apply(
    call,
    person(call.request, 'delete_device', { device: { token: String(call.request.params['device']) } }),
  );

const merge: Answer = (call) => {
  const body = isObject(call.body) ? call.body : {};
  const operation = {
    type: 'person',
    action: 'merge',
    primary: body['primary'],
    secondary: body['secondary'],
  };
  const [fault] = operationFaults(operation, call.state.settings);
  if (fault) call.response.status(400).json({ meta: { error: `${fault.field} ${fault.message}` } });
  else apply(call, operation);
};

const region: Answer = ({ state, response }) => {
  const isEu = state.settings.region === 'eu';
  response.json({
    url: isEu ? 'https://track-eu.customer.io' : 'https://track.customer.io',
    region: state.settings.region,
    environment_id: 1,
  });
};

const ROUTES: readonly (readonly ['get' | 'put' | 'post' | 'delete', string, Answer])[] = [
  ['put', '/customers/:identifier', identify],
  ['delete', '/customers/:identifier', simple('delete')],
  ['post', '/customers/:identifier/events', (call) => answerEvent(call, identifiersOf(call.request))],
  ['post', '/customers/:identifier/suppress', simple('suppress')],
  ['post', '/customers/:identifier/unsuppress', simple('unsuppress')],
  ['put', '/customers/:identifier/devices', addDevice],
  ['delete', '/customers/:identifier/devices/:device', deleteDevice],
  ['post', '/events', (call) => answerEvent(call)],
  ['post', '/merge_customers', merge],
  ['post', '/segments/:segment/add_customers', answerSegment('add')],
  ['post', '/segments/:segment/remove_customers', answerSegment('delete')],
  ['post', '/forms/:form/submit', answerForm],
  ['get', '/accounts/region', region],
];

const peopleOf = (_body: unknown, request: Request): readonly string[] =>
  request.params['identifier'] === undefined ? [] : Object.values(identifiersOf(request)).map(String);

/** What mail clients and devices call, without credentials. */
const OPEN: readonly (readonly [string, Answer])[] = [
  ['/metrics', answerMetric],
  ['/push/events', answerPushEvent],
];

/** Track API v1 (contract, section 2). */
export const v1Router = (state: FakeState): Router => {
  const router = Router({ caseSensitive: true, strict: true });
  for (const [method, path, answer] of ROUTES) {
    router[method](path, apiCall(state, { people: peopleOf, items: () => 1, answer }));
  }
  for (const [path, answer] of OPEN) {
    router.post(path, apiCall(state, { people: () => [], items: () => 1, answer, open: true }));
  }
  return router;
};
