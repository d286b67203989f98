import * as z from 'zod';
import { LIMITS } from '../limits.ts';

/** `rule`, or that the field is missing. */
const required =
  (rule: string) =>
  (issue: { readonly input?: unknown }): string =>
    issue.input == null ? 'is required' : rule;

const bytes = (text: string): number => Buffer.byteLength(text);

/** Beyond 2^53 a number has lost digits: one that was written so arrives as the text of its digits. */
const wholeNumber = z.number().refine(Number.isSafeInteger, { abort: true });

/** A string, or a whole number, which is written as a string. */
export const textOrNumber = z.union([z.string(), wholeNumber], {
  error: required('must be a string or a whole number written in digits'),
});

/** An identifier. Bytes of UTF-8 are limited as in the Track API. */
export const identifier = textOrNumber
  .refine((value) => String(value).trim() !== '', { error: 'must not be blank' })
  .refine((value) => bytes(String(value)) <= LIMITS.idBytes, {
    error: `must not be longer than ${LIMITS.idBytes} bytes`,
  })
  .refine((value) => String(value).isWellFormed(), { error: 'must be valid Unicode' });

/** A client's id of the message, by which what is sent again is recognised. */
export const messageId = textOrNumber.refine((value) => bytes(String(value)) <= LIMITS.messageIdBytes, {
  error: `must not be longer than ${LIMITS.messageIdBytes} bytes`,
});

/** A number whose digits are kept is an object to JavaScript, but none of JSON. */
const isJsonObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/** An object, whatever is in it. Unlike a `z.record` it does not look at every key. */
export const jsonObject = z.unknown().refine(isJsonObject, { error: 'must be an object' });

/** The name of an event. */
export const eventName = z
  .string({ error: required('must be a string') })
  .refine((name) => name.trim() !== '', { error: 'must not be blank' });
