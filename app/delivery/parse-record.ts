import type { DeadLetterCode } from '../contract/dead-letter.ts';
import type { EventRecord } from '../contract/record.ts';
import { type Fault, faultsOf } from '../contract/schemas/fault.ts';
import { RECORD_SCHEMA } from '../contract/schemas/record-schema.ts';
import { parseEvents, rangeFaults } from '../exact-json/parse-events.ts';

/** A record's value, or why it can never be sent. */
export type ParsedRecord = { readonly kind: 'record'; readonly record: EventRecord } | Unsendable;

export interface Unsendable {
  readonly kind: 'unsendable';
  readonly code: DeadLetterCode;
  readonly message: string;
}

const parseJson = (value: Buffer): unknown => {
  try {
    return parseEvents(value.toString('utf8'));
  } catch {
    return undefined;
  }
};

const unsendable = (faults: readonly Fault[]): Unsendable => {
  const message = faults.map(({ field, rule }) => `${field} ${rule}`.trim()).join('; ');
  return { kind: 'unsendable', code: 'schema', message };
};

/** Reads the value of a record on customerio.identify or customerio.track. */
export const parseRecord = (value: Buffer | null): ParsedRecord => {
  if (value === null) return { kind: 'unsendable', code: 'not_json', message: 'the record has no value' };
  const json = parseJson(value);
  if (json === undefined) {
    return {
      kind: 'unsendable',
      code: 'not_json',
      message: `the value (${value.length} bytes) is not valid JSON`,
    };
  }
  const parsed = RECORD_SCHEMA.safeParse(json);
  const faults = parsed.success ? rangeFaults(json as object) : faultsOf(parsed.error);
  return faults.length > 0 ? unsendable(faults) : { kind: 'record', record: json as EventRecord };
};
