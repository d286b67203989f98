import { eventOperation } from '../../contract/operations.ts';
import type { JsonObject } from '../../contract/record.ts';
import { somebodyOf } from './identifiers.ts';
import { type Mapped, type Mapper, operationOf } from './mapped.ts';
import { nameOf } from './name-of.ts';
import { choiceAt, objectOrEmpty } from './payload.ts';

const ACTIONS = { track: 'event', page: 'page', screen: 'screen' } as const;

const attributesOf = (payload: JsonObject): JsonObject => {
  const properties = objectOrEmpty(payload, 'properties');
  return typeof payload['category'] === 'string'
    ? { ...properties, category: payload['category'] }
    : properties;
};

/** A track, page or screen: an event of the person, or by v1 one of somebody not known yet. */
export const mapHappening =
  (type: keyof typeof ACTIONS): Mapper =>
  ({ record, id, timestamp }): Mapped => {
    const name = nameOf(record);
    const attributes = attributesOf(record.payload);
    const identifiers = somebodyOf(record);
    if (!('anonymous_id' in identifiers)) {
      const action = ACTIONS[type];
      return operationOf(eventOperation({ identifiers, timestamp, action, name, id, attributes }));
    }
    const kind = type === 'track' ? {} : { type };
    return {
      kind: 'anonymous',
      anonymousId: identifiers.anonymous_id,
      event: { name, ...kind, id, timestamp, data: attributes },
    };
  };

const CONTENT_ACTIONS = ['viewed_content', 'clicked_content'] as const;

/** Content that somebody saw or clicked. */
export const mapContent: Mapper = ({ record, id, timestamp }) => {
  const action = choiceAt(record.payload, 'action', CONTENT_ACTIONS);
  const attributes = objectOrEmpty(record.payload, 'attributes');
  const identifiers = somebodyOf(record);
  return operationOf(eventOperation({ identifiers, timestamp, action, name: action, id, attributes }));
};
