import { answerV1Faults } from './answers.ts';
import type { ApiCall } from './api-call.ts';
import { applyOperation, eventOf } from './apply-operation.ts';
import { FAKE_LIMITS } from './fake-options.ts';
import { bytesOf, isObject, type Json, textOf } from './operation-fault.ts';
import { eventIdFaults, nameFaults, personFaults, timestampFaults } from './validate-operation.ts';
import type { Identifiers } from './workspace.ts';

const ACTIONS: readonly unknown[] = ['page', 'screen'];

const faultsOf = (body: Json, { state }: ApiCall): readonly string[] => [
  ...nameFaults(body['name']).map((fault) => fault.message),
  ...eventIdFaults(body['id'], state.settings.nonUlid).map((fault) => `id ${fault.message}`),
  ...timestampFaults(body['timestamp']).map((fault) => `timestamp ${fault.message}`),
  ...(body['data'] === undefined || isObject(body['data']) ? [] : ['data must be an object']),
  ...(bytesOf(body['data'] ?? {}) > FAKE_LIMITS.v1DataBytes
    ? [`data cannot be larger than ${FAKE_LIMITS.v1DataBytes} bytes`]
    : []),
];

const operationOf = (body: Json): Json => ({
  type: 'person',
  action: ACTIONS.includes(body['type']) ? body['type'] : 'event',
  name: body['name'],
  ...(body['id'] !== undefined && { id: body['id'] }),
  ...(body['timestamp'] !== undefined && { timestamp: body['timestamp'] }),
  attributes: body['data'] ?? {},
});

const keepAnonymous = ({ state }: ApiCall, body: Json): void => {
  const { workspace, settings } = state;
  workspace.stats.operations += 1;
  if (!workspace.isNew(body['id'])) {
    workspace.stats.duplicates += 1;
    return;
  }
  workspace.stats.events += 1;
  const anonymousId = textOf(body['anonymous_id'] ?? '');
  const events = workspace.anonymous.get(anonymousId) ?? [];
  workspace.anonymous.set(anonymousId, events);
  if (events.length < settings.eventsPerPerson) events.push(eventOf(operationOf(body), settings));
};

/** `POST /customers/{identifier}/events` and, without identifiers, `POST /events` (contract, section 2). */
export const answerEvent = (call: ApiCall, identifiers?: Identifiers): void => {
  const { body, response, state } = call;
  if (!isObject(body)) return answerV1Faults(response, ['malformed JSON']);
  const named = identifiers ? personFaults(identifiers) : [];
  const faults = [...named.map(({ field, message }) => `${field} ${message}`), ...faultsOf(body, call)];
  if (faults.length > 0) {
    state.workspace.stats.refused += 1;
    return answerV1Faults(response, faults);
  }
  if (identifiers) applyOperation(state.workspace, { ...operationOf(body), identifiers }, state.settings);
  else keepAnonymous(call, body);
  response.json({});
};
