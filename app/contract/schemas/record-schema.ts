import * as z from 'zod';
import { RECORD_TYPES } from '../record.ts';
import { identifier, jsonObject, textOrNumber } from './fields.ts';
import { personIdentifiers } from './person-identifiers.ts';
import { parseTime } from './timestamp.ts';

const time = z
  .string({ error: 'must be a string' })
  .refine((value) => parseTime(value) !== undefined, { error: 'must be an RFC 3339 time' });

/** The value of a record on customerio.identify or customerio.track, before its payload is looked at. */
export const RECORD_SCHEMA = z
  .looseObject({
    v: z.literal(1, { error: 'must be 1' }),
    type: z.enum(RECORD_TYPES, { error: `must be one of ${RECORD_TYPES.join(', ')}` }),
    userId: identifier.optional(),
    anonymousId: identifier.optional(),
    identifiers: personIdentifiers.optional(),
    messageId: textOrNumber.optional(),
    timestamp: time,
    sentAt: time.optional(),
    receivedAt: time,
    correlationId: z.string({ error: 'must be a string' }),
    source: z.string({ error: 'must be a string' }),
    payload: jsonObject,
    context: jsonObject.optional(),
  })
  .refine((record) => record.userId !== undefined || record.anonymousId !== undefined, {
    error: 'needs a userId or an anonymousId',
    path: ['userId'],
  });
