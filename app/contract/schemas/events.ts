import * as z from 'zod';
import type { EventType } from '../http-paths.ts';
import { LIMITS } from '../limits.ts';
import { eventName, identifier, jsonObject, messageId } from './fields.ts';

const person = {
  userId: identifier.nullish(),
  anonymousId: identifier.nullish(),
};

/** Nothing of times and integrations: a time that is none is taken as the time of receipt. */
const common = { messageId: messageId.nullish(), context: jsonObject.nullish() };

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
const text = z.string({ error: 'must be a string' });

const view = z
  .looseObject({ ...common, ...person, name: text.nullish(), category: text.nullish(), properties })
  .refine(hasPerson, withPerson);

/** The events of the Segment HTTP spec, one schema a type. Unknown keys are left alone. */
export const EVENT_SCHEMAS = {
  identify: z.looseObject({ ...common, ...traits }),
  track: z.looseObject({ ...common, ...person, event: eventName, properties }).refine(hasPerson, withPerson),
  page: view,
  screen: view,
  group: z
    .looseObject({ ...common, ...person, traits: jsonObject.nullish(), groupId: identifier })
    .refine(hasPerson, withPerson),
  alias: z.looseObject({ ...common, ...person, userId: identifier, previousId: identifier }),
} as const satisfies Record<EventType, z.ZodType>;

/** A batch: items are judged one by one, so here they may be anything. */
export const BATCH_SCHEMA = z.looseObject({
  batch: z
    .array(z.unknown(), { error: 'must be an array of events' })
    .max(LIMITS.batchItems, { error: `must not have more than ${LIMITS.batchItems} events` }),
});
