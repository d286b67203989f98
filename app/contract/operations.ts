import type { JsonObject } from './record.ts';

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

/** What an event happens to: a person's id, and when, in whole seconds since 1970. */
interface At {
  readonly userId: string;
  readonly timestamp: number;
}

/** A write of attributes; Customer.io orders writes by `timestamp`. */
export const identifyOperation = (
  about: At & { readonly traits: JsonObject; readonly anonymousId?: string },
): Operation => ({
  type: 'person',
  identifiers: { id: about.userId },
  action: 'identify',
  timestamp: about.timestamp,
  attributes: {
    ...about.traits,
    ...(about.anonymousId !== undefined && { anonymous_id: about.anonymousId }),
  },
});

/** An event, page or screen; `id`, a ULID, is how Customer.io recognises what is sent again. */
export const eventOperation = (
  about: At & {
    readonly action: 'event' | 'page' | 'screen';
    readonly name: string;
    readonly id: string;
    readonly attributes: JsonObject;
  },
): Operation => ({
  type: 'person',
  identifiers: { id: about.userId },
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
  return given === undefined ? DEFAULT_OBJECT_TYPE : String(given);
};

/** A group as an object and its relationship to the person. The trait `object_type_id` names the object type, else "1". */
export const groupOperation = (about: {
  readonly userId: string;
  readonly groupId: string;
  readonly traits: JsonObject;
}): Operation => ({
  type: 'object',
  identifiers: { object_type_id: objectTypeOf(about.traits), object_id: about.groupId },
  action: 'identify',
  attributes: Object.fromEntries(
    Object.entries(about.traits).filter(([key]) => !(OBJECT_TYPE_KEYS as readonly string[]).includes(key)),
  ),
  cio_relationships: [{ identifiers: { id: about.userId } }],
});

/** Merges the person known by `previousId` into `userId`. */
export const aliasOperation = (about: {
  readonly userId: string;
  readonly previousId: string;
}): Operation => ({
  type: 'person',
  action: 'merge',
  primary: { id: about.userId },
  secondary: { id: about.previousId },
});
