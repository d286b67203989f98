/** Why the fake refuses an operation, in the v2 API's shape. */
export interface OperationFault {
  readonly reason: 'invalid' | 'required';
  readonly field: string;
  readonly message: string;
}

export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object; a number whose digits are kept is none. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/** A value as text: a number with the digits that were sent. */
export const textOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

export const bytesOf = (value: unknown): number =>
  Buffer.byteLength(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

export const invalid = (field: string, message: string): OperationFault => ({
  reason: 'invalid',
  field,
  message,
});
export const required = (field: string): OperationFault => ({
  reason: 'required',
  field,
  message: `${field} is required`,
});

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
/** Whether a value is a ULID: 26 characters of Crockford's base 32, the first at most 7. */
export const isUlid = (value: unknown): value is string => typeof value === 'string' && ULID.test(value);
