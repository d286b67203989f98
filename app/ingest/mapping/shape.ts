import type { JsonObject, PersonIdentifiers, RecordPayloads, RecordType } from '../../contract/record.ts';
import type { Fault } from '../../contract/schemas/fault.ts';
import type { LeftOut } from './fit-attributes.ts';

/** What was changed of an event that was taken, and where. */
export interface Warning {
  readonly field: string;
  readonly warning: string;
}

/** Attributes that cannot be sent, by the object of the event that held them. */
export interface LeftOutOf {
  /** Such as `traits`. */
  readonly field: string;
  readonly attributes: readonly LeftOut[];
}

/** An event as it goes into a record. */
export interface Shaped {
  readonly kind: 'shaped';
  readonly type: RecordType;
  readonly payload: JsonObject;
  readonly identifiers?: PersonIdentifiers;
  readonly warnings: readonly Warning[];
  readonly leftOut: readonly LeftOutOf[];
}

/** An event that lacks what its kind needs. */
export interface Misshapen {
  readonly kind: 'refused';
  readonly faults: readonly Fault[];
}

/** What an event is shaped from: it passed its schema. */
export interface ShapeInput {
  readonly item: Readonly<Record<string, unknown>>;
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
  /** When it happened, in whole seconds since 1970. */
  readonly seconds: number;
}

/** Shapes the events of one type. */
export type Shaper = (input: ShapeInput) => Shaped | Misshapen;

/** A shaped event that lost nothing. */
export const shaped = <T extends RecordType>(
  type: T,
  payload: RecordPayloads[T],
  more: Partial<Pick<Shaped, 'warnings' | 'leftOut'>> = {},
): Shaped => ({ kind: 'shaped', type, payload, warnings: [], leftOut: [], ...more });

/** An object of an event; nothing where it has none. */
export const objectOf = (value: unknown): JsonObject => (value == null ? {} : (value as JsonObject));

/** Whether a value is a text that says something. */
export const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** An id as text, a number as the text of its digits; undefined where there is none. */
export const idText = (value: unknown): string | undefined => {
  if (JSON.isRawJSON(value)) return value.rawJSON;
  const isId = isText(value) || typeof value === 'number';
  return isId ? String(value) : undefined;
};
