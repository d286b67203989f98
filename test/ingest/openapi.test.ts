import { describe, expect, it } from '@jest/globals';
import type { Mapping } from '../../app/ingest/normalise-event.ts';
import { startIngest } from './ingest-server.ts';

type Json = { readonly [name: string]: Json };

const describedBy = async (mapping: Mapping): Promise<Json> => {
  const server = await startIngest({ mapping });
  const response = await fetch(`${server.url}/v1/openapi.json`);
  const document = (await response.json()) as Json;
  await server.close();
  return document;
};

describe('openapi.json', () => {
  it('is OpenAPI 3.1, needs no key, and has each path and no reference that leads nowhere', async () => {
    const server = await startIngest();
    const response = await fetch(`${server.url}/v1/openapi.json`);
    expect(response.status).toBe(200);
    const text = await response.text();
    await server.close();
    const document = JSON.parse(text) as Json;
    expect(document['openapi']).toMatch(/^3\.1\./);
    const types = ['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch', 'import', 'b'];
    expect(Object.keys(document['paths'] ?? {}).toSorted()).toEqual(
      types.map((type) => `/v1/${type}`).toSorted(),
    );
    for (const path of Object.values(document['paths'] ?? {}))
      expect(Object.keys(path['post']?.['responses'] ?? {})).toEqual(
        expect.arrayContaining(['200', '400', '503']),
      );
    const schemes = document['components']?.['securitySchemes'] ?? {};
    expect(schemes).toMatchObject({
      writeKey: { scheme: 'basic' },
      bearerWriteKey: { scheme: 'bearer' },
      idToken: { scheme: 'bearer' },
    });
    // The last one is none: the key may be in the body.
    expect(document['security']).toEqual([...Object.keys(schemes).map((scheme) => ({ [scheme]: [] })), {}]);
    expect(document['components']?.['schemas']?.['keyed']).toMatchObject({
      properties: { writeKey: { type: ['string', 'null'] } },
    });
    for (const path of Object.values(document['paths'] ?? {}))
      expect(Object.keys(path['post']?.['requestBody']?.['content'] ?? {})).toEqual([
        'application/json',
        'text/plain',
      ]);
    const schemas = document['components']?.['schemas'] ?? {};
    for (const [, id] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(Object.keys(schemas)).toContain(id);
    expect(schemas['track']).toMatchObject({ type: 'object', required: expect.arrayContaining(['event']) });
  });

  it('names the same answers for every endpoint, with the headers that they have', async () => {
    const document = await describedBy('destination');
    for (const path of Object.values(document['paths'] ?? {})) {
      const answers = path['post']?.['responses'] ?? {};
      const statuses = [200, 400, 401, 403, 404, 405, 408, 413, 415, 429, 431, 500, 503];
      expect(Object.keys(answers)).toEqual(statuses.map(String));
      const headers = Object.entries(answers).map(([status, answer]) => [
        status,
        Object.keys(answer['headers'] ?? {}),
      ]);
      expect(Object.fromEntries(headers)).toMatchObject({
        200: ['X-Correlation-Id'],
        401: ['WWW-Authenticate'],
        405: ['Allow'],
        429: ['Retry-After'],
        503: ['Retry-After'],
      });
    }
  });

  it('says what is taken by the mapping of this ingest', async () => {
    const [destination, asSent] = [await describedBy('destination'), await describedBy('as-sent')];
    const required = (document: Json, type: string) =>
      document['components']?.['schemas']?.[type]?.['required'] ?? [];
    expect(required(destination, 'identify')).toEqual([]);
    expect(required(asSent, 'identify')).toEqual(['userId']);
    expect(required(destination, 'group')).toEqual(['groupId']);
    expect(required(asSent, 'group')).toEqual(['userId', 'groupId']);
  });
});
