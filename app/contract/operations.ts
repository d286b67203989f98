import type { JsonObject, ObjectIdentifiers, PersonIdentifiers, Relationship } from './record.ts';

/** One operation of the Track API v2 (`/entity`, an item of `/batch`). */
export type Operation = {
  readonly type: string;
  readonly action: string;
  readonly identifiers?: JsonObject;
  readonly [field: string]: unknown;
};

/** The body of an anonymous event, Track API v1 `POST /events`. */
export interface AnonymousEvent {
  readonly name: string;
  readonly type?: 'page' | 'screen';
  readonly id?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  readonly data?: JsonObject;
}

/** What a delivery came to, the body of Track API v1 `POST /metrics`. */
export interface DeliveryReport {
  readonly delivery_id: string;
  readonly metric: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  readonly [field: string]: unknown;
}

/** A person, or somebody not known yet. */
export type Somebody = PersonIdentifiers | { readonly anonymous_id: string };

/** A write of attributes; Customer.io orders writes by `timestamp`. */
export const identifyOperation = (about: {
  readonly person: PersonIdentifiers;
  /** In whole seconds since 1970. */
  readonly timestamp: number;
  readonly traits: JsonObject;
  readonly anonymousId?: string;
  readonly relationships?: readonly Relationship[];
}): Operation => ({
  type: 'person',
  identifiers: about.person,
  action: 'identify',
  timestamp: about.timestamp,
  attributes: {
    ...about.traits,
    ...(about.anonymousId !== undefined && { anonymous_id: about.anonymousId }),
  },
  ...(about.relationships !== undefined && { cio_relationships: about.relationships }),
});

/** What a person does: an event, page or screen, or content that was seen. */
export type PersonAction = 'event' | 'page' | 'screen' | 'viewed_content' | 'clicked_content';

/** An event, page or screen; `id`, a ULID, is how Customer.io recognises what is sent again. */
export const eventOperation = (about: {
  readonly identifiers: Somebody;
  /** In whole seconds since 1970. */
  readonly timestamp: number;
  readonly action: PersonAction;
  readonly name: string;
  readonly id: string;
  readonly attributes: JsonObject;
}): Operation => ({
  type: 'person',
  identifiers: about.identifiers,
  action: about.action,
  name: about.name,
  id: about.id,
  timestamp: about.timestamp,
  attributes: about.attributes,
});

const OBJECT_TYPE_KEYS = ['object_type_id', 'objectTypeId'] as const;
const DEFAULT_OBJECT_TYPE = '1';

const objectTypeOf = (traits: JsonObject): string => {
  const given = OBJECT_TYPE_KEYS.map((key) => traits[key]).find((value) => value != null);
  if (given === undefined) return DEFAULT_OBJECT_TYPE;
  return JSON.isRawJSON(given) ? given.rawJSON : String(given);
};

/** The type and the attributes of a group's object: those of the traits, unless the type is given apart. */
const typedAttributes = (about: {
  readonly traits: JsonObject;
  readonly objectTypeId?: string;
}): readonly [string, JsonObject] => {
  const { traits, objectTypeId } = about;
  if (objectTypeId !== undefined) return [objectTypeId, traits];
  const rest = Object.entries(traits).filter(
    ([key]) => !(OBJECT_TYPE_KEYS as readonly string[]).includes(key),
  );
  return [objectTypeOf(traits), Object.fromEntries(rest)];
};

/**
 * A group as an object and its relationship to the person. Without `objectTypeId` the trait `object_type_id` names the object type,
 * else it is "1".
 */
export const groupOperation = (about: {
  readonly member: Somebody;
  readonly groupId: string;
  readonly objectTypeId?: string;
  readonly traits: JsonObject;
  readonly relationshipAttributes?: JsonObject;
}): Operation => {
  const [objectType, attributes] = typedAttributes(about);
  const { member, groupId, relationshipAttributes } = about;
  return {
    type: 'object',
    identifiers: { object_type_id: objectType, object_id: groupId },
    action: 'anonymous_id' in member ? 'identify_anonymous' : 'identify',
    attributes,
    cio_relationships: [
      {
        identifiers: member,
        ...(relationshipAttributes !== undefined && { relationship_attributes: relationshipAttributes }),
      },
    ],
  };
};

/** Deletes an object, and everybody's relationship to it. */
export const deleteObjectOperation = (identifiers: ObjectIdentifiers): Operation => ({
  type: 'object',
  identifiers,
  action: 'delete',
});

/** Ends somebody's relationship to an object. */
export const leaveObjectOperation = (identifiers: ObjectIdentifiers, member: Somebody): Operation => ({
  type: 'object',
  identifiers,
  action: 'delete_relationships',
  cio_relationships: [{ identifiers: member }],
});

/** Merges a person, as known before, into who it is now. */
export const aliasOperation = (about: {
  readonly person: PersonIdentifiers;
  readonly previous: PersonIdentifiers;
}): Operation => ({
  type: 'person',
  action: 'merge',
  primary: about.person,
  secondary: about.previous,
});
