import type { EventType } from '../../contract/http-paths.ts';
import { LIMITS } from '../../contract/limits.ts';
import { ALWAYS_SENT } from '../mapping/fit-attributes.ts';
import { EMAIL } from '../mapping/person-identifiers.ts';
import type { Mapping } from '../normalise-event.ts';
import { commandRules } from './command-rules.ts';
import {
  BLANK,
  having,
  ID,
  ID_OR_NONE,
  type JsonSchema,
  NOT_BLANK,
  NULL,
  OBJECT_OR_NULL,
  TEXT_OR_NULL,
  trimmedTo,
} from './json-schema.ts';

const common = {
  userId: ID_OR_NONE,
  anonymousId: ID_OR_NONE,
  messageId: {
    type: ['string', 'integer', 'null'],
    maxLength: LIMITS.messageIdBytes,
    description: `at most ${LIMITS.messageIdBytes} bytes of UTF-8; what is sent again is recognised by it. An event without one gets one`,
  },
  timestamp: {
    description:
      'when it happened: RFC 3339, or seconds or milliseconds since 1970; else the time of receipt',
  },
  originalTimestamp: { description: 'read where there is no timestamp' },
  sentAt: {
    description: 'when the client sent it; corrects its clock. Ignored where it is no time',
  },
  context: OBJECT_OR_NULL,
  integrations: {
    description:
      'an object; {"All": false} or {"Customer.io": false} turns the event off, which is then not looked at any further',
  },
};

const WITH_PERSON: JsonSchema = { anyOf: [having('userId', ID), having('anonymousId', ID)] };

const ADDRESS: JsonSchema = {
  type: 'string',
  pattern: EMAIL.source.replaceAll('a-z', 'A-Za-z'),
  maxLength: LIMITS.idBytes,
};
const TRAITS_WITH_ADDRESS: JsonSchema = { type: 'object', ...having('email', ADDRESS) };

/** Somebody without an id is known by the address in the traits, which RudderStack's SDKs put into the context. */
const WITH_IDENTITY: JsonSchema = {
  anyOf: [
    having('userId', ID),
    having('traits', TRAITS_WITH_ADDRESS),
    {
      required: ['context'],
      properties: { traits: NULL, context: { type: 'object', ...having('traits', TRAITS_WITH_ADDRESS) } },
    },
  ],
};

/** `traits.objectId` relates the person to an object, so a text there is an id. */
const RELATED: JsonSchema = {
  type: ['object', 'null'],
  properties: { objectId: { anyOf: [{ maxLength: LIMITS.idBytes }, BLANK] } },
};
const RELATED_IN_CONTEXT: JsonSchema = {
  anyOf: [
    having('traits', { type: 'object' }),
    { properties: { context: { properties: { traits: RELATED } } } },
  ],
};

const SUBSCRIPTION = '^cio_subscription_preferences\\.';

/** Traits that nothing is left out of: what breaks a limit refuses the event. */
const LIMITED_TRAITS: JsonSchema = {
  type: ['object', 'null'],
  description: `at most ${LIMITS.attributes}; a name has at most ${LIMITS.attributeNameBytes} bytes, a value ${LIMITS.attributeBytes} bytes, of an object or array as JSON`,
  maxProperties: LIMITS.attributes,
  propertyNames: { anyOf: [{ maxLength: LIMITS.attributeNameBytes }, { pattern: SUBSCRIPTION }] },
  properties: Object.fromEntries([...ALWAYS_SENT].map((name) => [name, {}])),
  patternProperties: { [SUBSCRIPTION]: {} },
  additionalProperties: { maxLength: LIMITS.attributeBytes },
};

interface Parts {
  readonly properties: JsonSchema;
  readonly required?: readonly string[];
  /** What the properties say together. */
  readonly rules?: readonly JsonSchema[];
}

const event = ({ properties, required = [], rules = [] }: Parts): JsonSchema => ({
  type: 'object',
  properties: { ...common, ...properties },
  ...(required.length > 0 && { required }),
  ...(rules.length > 0 && { allOf: rules }),
});

const view = (name: JsonSchema): JsonSchema =>
  event({
    properties: { name, category: TEXT_OR_NULL, properties: OBJECT_OR_NULL },
    rules: [WITH_PERSON],
  });

const alias = event({ properties: { userId: ID, previousId: ID }, required: ['userId', 'previousId'] });

const DESTINATION: Readonly<Record<EventType, JsonSchema>> = {
  identify: event({ properties: { traits: RELATED }, rules: [WITH_IDENTITY, RELATED_IN_CONTEXT] }),
  track: event({
    properties: { event: NOT_BLANK, properties: OBJECT_OR_NULL },
    required: ['event'],
    rules: [WITH_PERSON, commandRules],
  }),
  page: view(TEXT_OR_NULL),
  screen: view(TEXT_OR_NULL),
  group: event({
    properties: { groupId: ID, traits: OBJECT_OR_NULL },
    required: ['groupId'],
    rules: [WITH_PERSON],
  }),
  alias,
};

const shortName = trimmedTo(LIMITS.eventNameBytes);

const AS_SENT: Readonly<Record<EventType, JsonSchema>> = {
  identify: event({ properties: { userId: ID, traits: LIMITED_TRAITS }, required: ['userId'] }),
  track: event({
    properties: { event: { allOf: [NOT_BLANK, shortName] }, properties: OBJECT_OR_NULL },
    required: ['event'],
    rules: [WITH_PERSON],
  }),
  page: view({ ...TEXT_OR_NULL, ...shortName }),
  screen: view({ ...TEXT_OR_NULL, ...shortName }),
  group: event({
    properties: { userId: ID, groupId: ID, traits: LIMITED_TRAITS },
    required: ['userId', 'groupId'],
  }),
  alias,
};

/**
 * What the ingest takes of each type, as far as JSON Schema can say it: not the size of an event, how deep it nests, or bytes where
 * they are not characters. `test/real/openapi.test.ts` holds the ingest against it.
 *
 * @param mapping how the ingest reads events
 */
export const eventSchemas = (mapping: Mapping): Readonly<Record<EventType, JsonSchema>> =>
  mapping === 'as-sent' ? AS_SENT : DESTINATION;
