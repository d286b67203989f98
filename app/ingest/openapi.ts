import { hash } from 'node:crypto';
import { EVENT_TYPES, PATHS } from '../contract/http-paths.ts';
import { LIMITS } from '../contract/limits.ts';
import type { Mapping } from './normalise-event.ts';
import { ACCEPTED, PROBLEM, responses } from './openapi/answers.ts';
import { eventSchemas } from './openapi/event-schemas.ts';
import type { JsonSchema } from './openapi/json-schema.ts';

const OWN_WINS = { description: 'an object, merged into each event; an event’s own wins' };

const BATCH: JsonSchema = {
  type: 'object',
  required: ['batch'],
  properties: {
    batch: {
      type: 'array',
      items: {},
      // No `maxItems`: what is longer is refused for its size before it is counted, but for items too small to be events.
      description: `at most ${LIMITS.batchItems} events, each with its type. Each is judged by itself, by the schema of its type: a bad one is counted in rejected and kept in the dead letters`,
    },
    sentAt: { description: 'when the client sent it, for events without a sentAt of their own' },
    context: OWN_WINS,
    integrations: OWN_WINS,
  },
};

const KEYED: JsonSchema = {
  type: 'object',
  properties: {
    writeKey: {
      type: ['string', 'null'],
      maxLength: LIMITS.mostKeyCharacters,
      description: 'the write key, where no Authorization header has it, else the same; never kept',
    },
  },
};

const refTo = (id: string): object => ({ $ref: `#/components/schemas/${id}` });

/** A body is JSON whether its sender calls it so, calls it text, or does not say. */
const requestBody = (schema: string): object => ({
  required: true,
  description: `UTF-8, at most ${LIMITS.batchBytes} bytes, and ${LIMITS.itemBytes} an event, of at most ${LIMITS.depth} levels. Content-Encoding may be gzip, deflate or identity. Without a Content-Type it is JSON`,
  content: Object.fromEntries(
    ['application/json', 'text/plain'].map((type) => [
      type,
      { schema: { allOf: [refTo(schema), refTo('keyed')] } },
    ]),
  ),
});

const header = (name: string, description: string): object => ({
  name,
  in: 'header',
  schema: { type: 'string' },
  description: `${description}. Read where it is 1 to 128 printable characters of ASCII without a space, else ignored`,
});

const operation = (id: string, summary: string, schema = id): object => ({
  post: {
    operationId: id,
    summary,
    parameters: [
      header('Idempotency-Key', 'makes retries of events without a messageId recognisable'),
      header('X-Correlation-Id', 'names the request in records and log lines, and comes back in the answer'),
    ],
    requestBody: requestBody(schema),
    responses: responses(),
  },
});

const build = (mapping: Mapping): object => ({
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
    schemas: {
      ...eventSchemas(mapping),
      batch: BATCH,
      keyed: KEYED,
      problem: PROBLEM,
      accepted: ACCEPTED,
    },
  },
});

/** The API's description as it is sent. */
export interface OpenapiDocument {
  readonly bytes: Buffer;
  readonly etag: string;
}

const documents = new Map<Mapping, OpenapiDocument>();

/**
 * The API's description, OpenAPI 3.1 as JSON: made once, and one buffer for all its readers, since anybody may ask for it as often as
 * they like.
 *
 * @param mapping how the ingest reads events, on which it depends what it takes
 */
export const openapiDocument = (mapping: Mapping): OpenapiDocument => {
  const known = documents.get(mapping);
  if (known !== undefined) return known;
  const bytes = Buffer.from(JSON.stringify(build(mapping)));
  const made = { bytes, etag: `"${hash('sha256', bytes).slice(0, 32)}"` };
  documents.set(mapping, made);
  return made;
};
