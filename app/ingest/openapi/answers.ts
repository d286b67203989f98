import { LIMITS } from '../../contract/limits.ts';
import type { JsonSchema } from './json-schema.ts';

const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
const TEXT: JsonSchema = { type: 'string' };
const SECONDS: JsonSchema = { type: 'string', pattern: '^[0-9]+$' };

const allOf = (
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

/** The body of an answer that is not 200. */
export const PROBLEM: JsonSchema = allOf(
  {
    type: { type: 'string', pattern: '^urn:customerio-platform:problem:' },
    title: TEXT,
    status: { type: 'integer' },
    detail: TEXT,
    code: { type: 'string', pattern: '^[a-z0-9_]+$' },
    message: TEXT,
    errors: { type: 'array', items: allOf({ field: TEXT, rule: TEXT }) },
  },
  ['errors'],
);

const listOf = (what: string): JsonSchema => ({
  type: 'array',
  maxItems: LIMITS.errorsOfAnswer,
  items: allOf({ index: COUNT, field: TEXT, [what]: TEXT }),
});

/** The body of an answer 200. */
export const ACCEPTED: JsonSchema = {
  ...allOf(
    {
      success: { const: true },
      accepted: COUNT,
      rejected: COUNT,
      filtered: COUNT,
      errors: listOf('rule'),
      errorsOmitted: COUNT,
      warnings: listOf('warning'),
      warningsOmitted: COUNT,
    },
    ['filtered', 'errorsOmitted', 'warnings', 'warningsOmitted'],
  ),
  additionalProperties: false,
};

interface Failure {
  readonly description: string;
  readonly headers?: Readonly<Record<string, JsonSchema>>;
}

const RETRY = { 'Retry-After': SECONDS };

/** The statuses that are not 200. */
const FAILURES: Readonly<Record<number, Failure>> = {
  400: {
    description:
      'the path has a bad %, the body is not UTF-8, not JSON or no object, or a single event breaks a rule: errors names each field and rule',
  },
  401: {
    description:
      'no write key, an unknown one, or two different ones; with access by IAM, no usable ID token; the connection ends',
    headers: { 'WWW-Authenticate': { type: 'string', pattern: '^(Basic|Bearer) realm="' } },
  },
  403: { description: 'sent by a browser of another origin, or by a browser SDK' },
  404: { description: 'a path that is not served; the answer lists those that are' },
  405: { description: 'not POST', headers: { Allow: { const: 'POST' } } },
  408: {
    description: `the body came slower than ${LIMITS.bodyBytesPerSecond} bytes a second; the connection ends`,
  },
  413: {
    description: `an event above ${LIMITS.itemBytes} bytes, or a body above ${LIMITS.batchBytes} bytes after decompression`,
  },
  415: { description: 'a Content-Type or Content-Encoding that is not taken' },
  429: {
    description: 'more waits for Kafka than the instance holds, or than one source may have of it',
    headers: RETRY,
  },
  431: { description: 'the request line and headers exceed 16 kB; the connection ends' },
  500: { description: 'a fault in the service; the event was not accepted' },
  503: {
    description: `Kafka did not acknowledge within ${LIMITS.kafkaWaitMs / 1000} s, the instance stops, or the write keys are not set yet`,
    headers: RETRY,
  },
};

const response = (type: string, schema: string, { description, headers = {} }: Failure): object => ({
  description,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, shape]) => [name, { required: true, schema: shape }]),
  ),
  content: { [type]: { schema: { $ref: `#/components/schemas/${schema}` } } },
});

/** Every answer of an endpoint, by its status. */
export const responses = (): object => ({
  200: response('application/json', 'accepted', {
    description: 'Kafka has every accepted event',
    headers: { 'X-Correlation-Id': { type: 'string', minLength: 1, maxLength: 128 } },
  }),
  ...Object.fromEntries(
    Object.entries(FAILURES).map(([status, failure]) => [
      status,
      response('application/problem+json', 'problem', failure),
    ]),
  ),
});
