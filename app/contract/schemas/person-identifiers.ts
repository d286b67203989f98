import * as z from 'zod';
import { identifier } from './fields.ts';

const KINDS: readonly string[] = ['id', 'email', 'cio_id'];

const text = z
  .any()
  .refine((value) => typeof value === 'string', { error: 'must be a string', abort: true })
  .pipe(identifier);

/** Identifiers of a person: exactly one, see `PersonIdentifiers`. */
export const personIdentifiers = z
  .record(z.string(), text, { error: 'must be an object' })
  .refine((given) => Object.keys(given).length === 1 && KINDS.includes(Object.keys(given)[0] ?? ''), {
    error: `must have exactly one of ${KINDS.join(', ')}`,
  });
