import { answerV1Faults } from './answers.ts';
import type { ApiCall } from './api-call.ts';
import { applyOperation } from './apply-operation.ts';
import { FAKE_LIMITS } from './fake-options.ts';
import { bytesOf, isObject, type Json } from './operation-fault.ts';
import { personFaults } from './validate-identifiers.ts';
import { eventIdFaults, nameFaults, timestampFaults } from './validate-operation.ts';
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

/** `POST /customers/{identifier}/events` and, without identifiers, `POST /events` (contract, section 2). */
export const answerEvent = (call: ApiCall, identifiers?: Identifiers): void => {
  const { body, response, state } = call;
  if (!isObject(body)) return answerV1Faults(response, ['malformed JSON']);
  const unnamed = identifiers ? personFaults(identifiers) : [];
  const faults = [...unnamed.map(({ field, message }) => `${field} ${message}`), ...faultsOf(body, call)];
  if (faults.length > 0) {
    state.workspace.stats.refused += 1;
    return answerV1Faults(response, faults);
  }
  // Without an anonymous_id it is an event of nobody (contract, section 2).
  const named = identifiers ?? { anonymous_id: body['anonymous_id'] ?? '' };
  applyOperation(state.workspace, { ...operationOf(body), identifiers: named }, state.settings);
  response.json({});
};
