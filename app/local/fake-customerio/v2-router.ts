import { Router } from 'express';
import { answerV2Faults } from './answers.ts';
import { type ApiCall, apiCall } from './api-call.ts';
import { applyOperation, personNamed } from './apply-operation.ts';
import { FAKE_LIMITS } from './fake-options.ts';
import type { FakeState } from './fake-state.ts';
import { invalid, isObject, type Json, type OperationFault, textOf } from './operation-fault.ts';
import { operationFaults } from './validate-operation.ts';

const operationsOf = (body: unknown): readonly unknown[] => {
  const batch = isObject(body) ? body['batch'] : undefined;
  return Array.isArray(batch) ? batch : [];
};

/** Who an operation names: of an object the people it is related to. */
const namedBy = (operation: Json): readonly Json[] => {
  const { type, cio_relationships: relations, secondary } = operation;
  if (type !== 'object') return [personNamed(operation), ...(isObject(secondary) ? [secondary] : [])];
  const related = Array.isArray(relations) ? relations.filter(isObject) : [];
  return related.map((relation) => relation['identifiers']).filter(isObject);
};

const peopleOf = (operations: readonly unknown[]): readonly string[] =>
  operations.flatMap((operation) =>
    isObject(operation) ? namedBy(operation).flatMap((named) => Object.values(named).map(textOf)) : [],
  );

const scripted = ({ fault }: ApiCall, operation: unknown, index: number): readonly OperationFault[] => {
  const { rejectIndexes, match } = fault ?? {};
  const meets =
    rejectIndexes === 'matching'
      ? match?.person !== undefined && peopleOf([operation]).includes(match.person)
      : (rejectIndexes?.includes(index) ?? false);
  return meets ? [invalid('', 'refused by a scripted fault')] : [];
};

const answerBatch = (call: ApiCall): void => {
  const { body, bytes, response, state } = call;
  const { settings, workspace } = state;
  if (body === undefined || !isObject(body)) return answerV2Faults(response, [invalid('', 'malformed JSON')]);
  if (bytes > FAKE_LIMITS.batchBytes) {
    const fault = invalid('batch', `cannot be larger than ${FAKE_LIMITS.batchBytes} bytes`);
    return answerV2Faults(response, [fault], settings.oversizeStatus);
  }
  const operations = operationsOf(body);
  if (operations.length === 0)
    return answerV2Faults(response, [invalid('batch', 'must be a list that is not empty')]);
  const errors = operations.flatMap((operation, index) => {
    const faults = [...operationFaults(operation, settings), ...scripted(call, operation, index)];
    if (faults.length === 0) applyOperation(workspace, operation as Json, settings);
    else workspace.stats.refused += 1;
    return faults.map((fault) => ({ batch_index: index, ...fault }));
  });
  if (errors.length === 0) response.json({});
  else response.status(207).json({ errors });
};

const answerEntity = ({ body, bytes, response, state }: ApiCall): void => {
  const { settings, workspace } = state;
  if (body === undefined) return answerV2Faults(response, [invalid('', 'malformed JSON')]);
  if (bytes > FAKE_LIMITS.itemBytes) {
    const fault = invalid('', `cannot be larger than ${FAKE_LIMITS.itemBytes} bytes`);
    return answerV2Faults(response, [fault], settings.oversizeStatus);
  }
  const faults = operationFaults(body, settings, bytes);
  if (faults.length > 0) {
    workspace.stats.refused += 1;
    return answerV2Faults(response, faults);
  }
  applyOperation(workspace, body as Json, settings);
  response.json({});
};

/** Track API v2 (contract, section 3): `/entity` and `/batch`. */
export const v2Router = (state: FakeState): Router => {
  const router = Router({ caseSensitive: true, strict: true });
  router.post(
    '/batch',
    apiCall(state, {
      people: (body) => peopleOf(operationsOf(body)),
      items: (body) => operationsOf(body).length,
      answer: answerBatch,
    }),
  );
  router.post(
    '/entity',
    apiCall(state, { people: (body) => peopleOf([body]), items: () => 1, answer: answerEntity }),
  );
  return router;
};
