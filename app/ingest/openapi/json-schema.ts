import { LIMITS } from '../../contract/limits.ts';

/** A JSON Schema, draft 2020-12 as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What `trim` takes for blank, as a class of characters that every dialect of expressions reads alike: `\s` is not the same in all. */
const BLANKS = String.raw`\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`;

export const NULL: JsonSchema = { type: 'null' };
export const BLANK: JsonSchema = { type: 'string', pattern: `^[${BLANKS}]*$` };
export const NOT_BLANK: JsonSchema = { type: 'string', pattern: `[^${BLANKS}]` };
export const OBJECT_OR_NULL: JsonSchema = { type: ['object', 'null'] };
export const TEXT_OR_NULL: JsonSchema = { type: ['string', 'null'] };

/** An id. JSON Schema counts characters where the API counts bytes: a longer text is refused for sure. */
export const ID: JsonSchema = {
  type: ['string', 'integer'],
  pattern: `[^${BLANKS}]`,
  maxLength: LIMITS.idBytes,
  description: `at most ${LIMITS.idBytes} bytes of UTF-8; a whole number is taken as the text of its digits`,
};

/** An id that may be left out: SDKs send null or a blank text for one that they do not have. */
export const ID_OR_NONE: JsonSchema = { anyOf: [ID, BLANK, NULL] };

/** A text of at most so many characters besides the blanks around it, or a blank one. */
export const trimmedTo = (characters: number): JsonSchema => ({
  pattern: `^[${BLANKS}]*(?:[^${BLANKS}](?:[\\s\\S]{0,${characters - 2}}[^${BLANKS}])?[${BLANKS}]*)?$`,
});

/** Objects that have `name`, as this. Says nothing about what is no object. */
export const having = (name: string, schema: JsonSchema): JsonSchema => ({
  required: [name],
  properties: { [name]: schema },
});
