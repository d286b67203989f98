import * as z from 'zod';
import type { EventType } from '../http-paths.ts';
import { LIMITS } from '../limits.ts';
import { eventName, identifier, jsonObject, messageId } from './fields.ts';
import { timestamp } from './timestamp.ts';

const person = {
  userId: identifier.nullish(),
  anonymousId: identifier.nullish(),
};

const common = {
  messageId: messageId.nullish(),
  timestamp: timestamp.nullish(),
  sentAt: z
    .unknown()
    .optional()
    .meta({ description: 'when the client sent it; corrects its clock. Ignored where it is no time' }),
  context: jsonObject.nullish(),
};

const withPerson = {
  // Also when other rules are broken, so that all are named at once.
  when: () => true,
  error: 'needs a userId or an anonymousId',
  path: ['userId'],
};
type Named = { userId?: unknown; anonymousId?: unknown };
const hasPerson = (event: Named): boolean => event.userId != null || event.anonymousId != null;

const traits = { ...person, userId: identifier, traits: jsonObject.nullish() };
const properties = jsonObject.nullish();
const category = z.string({ error: 'must be a string' }).nullish();

/** A page or screen: one shape, two schemas, since each has a name of its own in the API's description. */
const view = () =>
  z
    .looseObject({ ...common, ...person, name: eventName.nullish(), category, properties })
    .refine(hasPerson, withPerson);

/** The events of the Segment HTTP spec, one schema a type. Unknown keys are left alone. */
export const EVENT_SCHEMAS = {
  identify: z.looseObject({ ...common, ...traits }),
  track: z.looseObject({ ...common, ...person, event: eventName, properties }).refine(hasPerson, withPerson),
  page: view(),
  screen: view(),
  group: z.looseObject({ ...common, ...traits, groupId: identifier }),
  alias: z.looseObject({ ...common, userId: identifier, previousId: identifier }),
} as const satisfies Record<EventType, z.ZodType>;

/** A batch: items are judged one by one, so here they may be anything. */
export const BATCH_SCHEMA = z.looseObject({
  batch: z
    .array(z.unknown(), { error: 'must be an array of events' })
    .max(LIMITS.batchItems, { error: `must not have more than ${LIMITS.batchItems} events` }),
  sentAt: z.unknown().optional(),
});
