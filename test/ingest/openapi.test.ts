import { describe, expect, it } from '@jest/globals';
import { startIngest } from './ingest-server.ts';

type Json = { readonly [name: string]: Json };

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
      properties: { writeKey: { type: 'string' } },
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
});
