import { hash } from 'node:crypto';
import * as z from 'zod';
import { EVENT_TYPES, PATHS } from '../contract/http-paths.ts';
import { LIMITS } from '../contract/limits.ts';
import { BATCH_SCHEMA, EVENT_SCHEMAS } from '../contract/schemas/events.ts';

const PROBLEM = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  message: z.string(),
  errors: z.array(z.looseObject({ field: z.string(), rule: z.string() })).optional(),
});

const ACCEPTED = z.object({
  success: z.literal(true),
  accepted: z.int(),
  rejected: z.int(),
  errors: z
    .array(z.object({ index: z.int(), field: z.string(), rule: z.string() }))
    .max(LIMITS.errorsOfAnswer),
  errorsOmitted: z.int().optional(),
});

const KEYED = z.looseObject({
  writeKey: z
    .string()
    .max(LIMITS.mostKeyCharacters)
    .optional()
    .meta({ description: 'the write key, where no Authorization header has it; never kept' }),
});

const refTo = (id: string): object => ({ $ref: `#/components/schemas/${id}` });

const schemas = (): object => {
  const registry = z.registry<{ id: string }>();
  for (const type of EVENT_TYPES) registry.add(EVENT_SCHEMAS[type], { id: type });
  registry.add(BATCH_SCHEMA, { id: 'batch' });
  registry.add(KEYED, { id: 'keyed' });
  registry.add(PROBLEM, { id: 'problem' });
  registry.add(ACCEPTED, { id: 'accepted' });
  const { schemas: all } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(all).map(([id, schema]) => {
      const { $schema: _dialect, $id: _id, ...rest } = schema;
      return [id, rest];
    }),
  );
};

const FAILURES = {
  400: 'not readable, or the event breaks a rule: errors names each field and rule',
  401: 'no write key, an unknown one, or two different ones; with access by IAM, no usable ID token: WWW-Authenticate names the scheme, and the connection ends',
  403: 'sent by a browser',
  408: `the body came slower than ${LIMITS.bodyBytesPerSecond} bytes a second`,
  413: `an event above ${LIMITS.itemBytes} bytes, or a body above ${LIMITS.batchBytes} bytes`,
  415: 'not JSON, or an unknown Content-Encoding',
  429: 'more waits for Kafka than the instance holds, or than one source may have of it; Retry-After in seconds',
  503: `Kafka did not acknowledge within ${LIMITS.kafkaWaitMs / 1000} s, the instance stops, or the write keys are not set yet; Retry-After in seconds`,
} as const;

const json = (schema: string, type = 'application/json'): object => ({
  content: { [type]: { schema: refTo(schema) } },
});

/** A body is JSON whether its sender calls it so, calls it text, or does not say. */
const requestBody = (schema: string): object => ({
  required: true,
  content: Object.fromEntries(
    ['application/json', 'text/plain'].map((type) => [
      type,
      { schema: { allOf: [refTo(schema), refTo('keyed')] } },
    ]),
  ),
});

const failures = (): object =>
  Object.fromEntries(
    Object.entries(FAILURES).map(([status, description]) => [
      status,
      { description, ...json('problem', 'application/problem+json') },
    ]),
  );

const operation = (id: string, summary: string, schema = id): object => ({
  post: {
    operationId: id,
    summary,
    parameters: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        schema: { type: 'string', maxLength: 128 },
        description: 'makes retries of events without a messageId recognisable',
      },
    ],
    requestBody: requestBody(schema),
    responses: { 200: { description: 'Kafka has every accepted event', ...json('accepted') }, ...failures() },
  },
});

const build = (): object => ({
  openapi: '3.1.0',
  info: { title: 'customerio-platform ingest', version: '1' },
  // The empty one: without an Authorization header the key is in the body.
  security: [{ writeKey: [] }, { bearerWriteKey: [] }, { idToken: [] }, {}],
  paths: {
    ...Object.fromEntries(EVENT_TYPES.map((type) => [`/v1/${type}`, operation(type, `one ${type} event`)])),
    [PATHS.batch]: operation('batch', 'many events; a bad one never fails the others'),
    [PATHS.import]: operation('import', 'the same as batch, for older SDKs', 'batch'),
    [PATHS.b]: operation('b', 'the same as batch, for SDKs of C#, Kotlin and Swift', 'batch'),
  },
  components: {
    securitySchemes: {
      writeKey: { type: 'http', scheme: 'basic', description: 'the write key is the user name' },
      bearerWriteKey: { type: 'http', scheme: 'bearer', description: 'the write key is the token' },
      idToken: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'with access by IAM instead: a Google ID token, in Authorization or X-Serverless-Authorization; its e-mail is the source',
      },
    },
    schemas: schemas(),
  },
});

/** The API's description as it is sent. */
export interface OpenapiDocument {
  readonly bytes: Buffer;
  readonly etag: string;
}

let document: OpenapiDocument | undefined;

/**
 * The API's description, OpenAPI 3.1 as JSON: made once from the schemas that judge the events, and one buffer for all its readers,
 * since anybody may ask for it as often as they like.
 */
export const openapiDocument = (): OpenapiDocument => {
  if (document === undefined) {
    const bytes = Buffer.from(JSON.stringify(build()));
    document = { bytes, etag: `"${hash('sha256', bytes).slice(0, 32)}"` };
  }
  return document;
};
