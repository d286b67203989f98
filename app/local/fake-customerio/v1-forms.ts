import { answerV1Faults } from './answers.ts';
import type { ApiCall } from './api-call.ts';
import { applyOperation } from './apply-operation.ts';
import { isObject } from './operation-fault.ts';
import { operationFaults } from './validate-operation.ts';

/**
 * `POST /forms/{form_id}/submit` (contract, section 2): texts, with an e-mail address or an id but not both, become the
 * person's attributes; 204.
 */
export const answerForm = ({ response, body, state }: ApiCall): void => {
  const data = isObject(body) && isObject(body['data']) ? body['data'] : {};
  const { id, email, ...attributes } = data;
  if ((id === undefined) === (email === undefined)) {
    return answerV1Faults(response, ['data must have an email or an id, and not both']);
  }
  if (!Object.values(data).every((value) => typeof value === 'string')) {
    return answerV1Faults(response, ['data must be texts']);
  }
  const identifiers = id === undefined ? { email } : { id };
  const operation = { type: 'person', action: 'identify', identifiers, attributes };
  const faults = operationFaults(operation, state.settings, 0);
  if (faults.length > 0)
    return answerV1Faults(
      response,
      faults.map((fault) => `${fault.field} ${fault.message}`),
    );
  applyOperation(state.workspace, operation, state.settings);
  response.status(204).end();
};
