import { deleteObjectOperation, groupOperation, leaveObjectOperation } from '../../contract/operations.ts';
import { objectIdentifiersOf, somebodyOf } from './identifiers.ts';
import { type Mapper, operationOf } from './mapped.ts';
import { choiceAt, objectAt, objectOrEmpty, textAt } from './payload.ts';

/** A group: an object, and the relationship of the person, or of somebody not known yet, to it. */
export const mapGroup: Mapper = ({ record }) => {
  const { payload } = record;
  const { objectTypeId, relationshipAttributes } = payload;
  return operationOf(
    groupOperation({
      member: somebodyOf(record),
      groupId: textAt(payload, 'groupId'),
      traits: objectOrEmpty(payload, 'traits'),
      ...(objectTypeId != null && { objectTypeId: textAt(payload, 'objectTypeId') }),
      ...(relationshipAttributes != null && {
        relationshipAttributes: objectAt(payload, 'relationshipAttributes'),
      }),
    }),
  );
};

const OBJECT_ACTIONS = ['delete', 'delete_relationships'] as const;

/** The end of an object, or of somebody's relationship to it. */
export const mapObject: Mapper = ({ record }) => {
  const { payload } = record;
  const object = objectIdentifiersOf(objectAt(payload, 'object'), 'payload.object');
  return operationOf(
    choiceAt(payload, 'action', OBJECT_ACTIONS) === 'delete'
      ? deleteObjectOperation(object)
      : leaveObjectOperation(object, somebodyOf(record)),
  );
};
