import { answerV1Faults } from './answers.ts';
import type { ApiCall } from './api-call.ts';
import { isObject } from './operation-fault.ts';

const MOST_IDS = 1000;
const ID_TYPES = ['id', 'email', 'cio_id'] as const;

const idsOf = (body: unknown): readonly unknown[] => {
  const ids = isObject(body) ? body['ids'] : undefined;
  return Array.isArray(ids) ? ids : [];
};

/**
 * `POST /segments/{segment_id}/add_customers` and `/remove_customers` (contract, section 2): 1 to 1000 ids of one type; ids
 * of nobody are ignored. Every whole number is a manual segment here.
 */
export const answerSegment =
  (change: 'add' | 'delete') =>
  ({ request, response, body, state }: ApiCall): void => {
    const segment = String(request.params['segment']);
    const idType = ID_TYPES.find((type) => type === (request.query['id_type'] ?? 'id'));
    const ids = idsOf(body);
    if (!/^\d+$/.test(segment))
      return answerV1Faults(response, ['segment must be the number of a manual segment']);
    if (idType === undefined)
      return answerV1Faults(response, [`id_type must be one of ${ID_TYPES.join(', ')}`]);
    if (ids.length === 0 || ids.length > MOST_IDS) {
      return answerV1Faults(response, [`ids must have from 1 to ${MOST_IDS} ids`]);
    }
    for (const id of ids) state.workspace.find({ [idType]: id })?.segments[change](segment);
    response.json({});
  };
