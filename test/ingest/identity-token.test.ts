import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { identityTokenAuthenticator } from '../../app/ingest/identity-token.ts';
import type { Logger } from '../../app/runtime/logger.ts';
import { BASIC, type IngestServer, startIngest } from './ingest-server.ts';

const ACCOUNT = 'shop@acme.iam.gserviceaccount.com';
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = encode({ alg: 'RS256', typ: 'JWT' });

/** A token as Cloud Run hands it on. */
const tokenOf = (claims: unknown, signature = 'SIGNATURE_REMOVED_BY_GOOGLE'): string =>
  `${HEADER}.${encode(claims)}.${signature}`;

const bearer = (claims: unknown): string => `Bearer ${tokenOf(claims)}`;
const GOOD = bearer({ email: ACCOUNT, email_verified: true });

const authenticate = identityTokenAuthenticator();

describe('identityTokenAuthenticator', () => {
  it.each([
    ['Authorization', { authorization: GOOD }],
    ['X-Serverless-Authorization', { 'x-serverless-authorization': GOOD }],
    ['the scheme in small letters', { authorization: GOOD.replace('Bearer', 'bearer') }],
    ['no word on verification', { authorization: bearer({ email: ACCOUNT }) }],
  ])('finds the account by %s', (_what, headers) => {
    expect(authenticate(headers)).toEqual({ kind: 'source', source: ACCOUNT });
  });

  it.each(['c2ln', '', 'signature_removed_by_google', 'SIGNATURE_REMOVED_BY_GOOGLE_', '-'])(
    'refuses the signature %j, since Cloud Run verified no such token, unless something else did',
    (signature) => {
      const headers = { authorization: `Bearer ${tokenOf({ email: ACCOUNT }, signature)}` };
      expect(authenticate(headers)).toEqual({
        kind: 'refused',
        scheme: 'Bearer',
        rule: expect.stringMatching(/not verified by Cloud Run/),
      });
      expect(identityTokenAuthenticator(true)(headers)).toEqual({ kind: 'source', source: ACCOUNT });
    },
  );

  it('writes the address in lower case', () => {
    const authorization = bearer({ email: 'Ann.Lee@Acme.Example', email_verified: true });
    expect(authenticate({ authorization })).toEqual({ kind: 'source', source: 'ann.lee@acme.example' });
  });

  it('believes only the header that Cloud Run checked', () => {
    const forged = bearer({ email: 'admin@acme.example' });
    expect(authenticate({ authorization: forged, 'x-serverless-authorization': GOOD })).toEqual({
      kind: 'source',
      source: ACCOUNT,
    });
    for (const unusable of ['', 'Bearer', 'Bearer x', BASIC, `${GOOD}, ${GOOD}`]) {
      expect(authenticate({ authorization: forged, 'x-serverless-authorization': unusable })).toMatchObject({
        kind: 'refused',
      });
    }
  });

  it('lets an SDK that always sends a write key pass, beside the token', () => {
    const headers = { authorization: BASIC, 'x-serverless-authorization': GOOD };
    expect(authenticate(headers)).toEqual({ kind: 'source', source: ACCOUNT });
  });

  it.each([
    ['no header', {}, /needs an ID token: send Authorization: Bearer/],
    ['an empty header', { authorization: '' }, /needs an ID token/],
    ['a write key', { authorization: BASIC }, /^write keys are not taken here: send Authorization: Bearer/],
    ['another scheme', { authorization: `Digest ${tokenOf({})}` }, /needs an ID token/],
    ['two words', { authorization: `${GOOD} x` }, /needs an ID token/],
    ['two parts', { authorization: `Bearer ${HEADER}.${encode({})}` }, /three parts/],
    ['four parts', { authorization: `${GOOD}.x` }, /three parts/],
    ['an empty part', { authorization: `Bearer ${HEADER}..x` }, /three parts/],
    ['an opaque access token', { authorization: 'Bearer ya29.a0AfH6SMBx' }, /three parts/],
    ['characters of other alphabets', { authorization: `Bearer ${HEADER}.a+b/.x` }, /three parts/],
    ['a payload that is no JSON', { authorization: `Bearer ${HEADER}.AAAA.x` }, /must be a JSON object/],
    ['a payload that is no UTF-8', { authorization: `Bearer ${HEADER}.ey__.x` }, /must be a JSON object/],
    ['a payload that is a list', { authorization: bearer([ACCOUNT]) }, /must be a JSON object/],
    ['a payload that is null', { authorization: bearer(null) }, /must be a JSON object/],
    ['no address', { authorization: bearer({ sub: '1' }) }, /must carry an e-mail address.*--include-email/],
    ['an address that is no text', { authorization: bearer({ email: [ACCOUNT] }) }, /e-mail address/],
    ['an address without @', { authorization: bearer({ email: 'acme' }) }, /e-mail address/],
    ['an address of two', { authorization: bearer({ email: 'a@b@c' }) }, /e-mail address/],
    ['an address of two lines', { authorization: bearer({ email: 'a@b\nc' }) }, /e-mail address/],
    ['an address with NUL', { authorization: bearer({ email: 'a@b\u0000' }) }, /e-mail address/],
    ['a long address', { authorization: bearer({ email: `${'a'.repeat(250)}@b.io` }) }, /e-mail address/],
    ['a long token', { authorization: bearer({ email: ACCOUNT, x: 'x'.repeat(7_000) }) }, /8192 characters/],
    [
      'an address not verified',
      { authorization: bearer({ email: ACCOUNT, email_verified: false }) },
      /verified/,
    ],
  ])('refuses %s', (_what, headers, rule) => {
    expect(authenticate(headers)).toEqual({
      kind: 'refused',
      scheme: 'Bearer',
      rule: expect.stringMatching(rule),
    });
  });

  it('answers whatever comes, and never with what came', () => {
    const text = fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, (payload, signature) => {
        const answer = authenticate({ authorization: `Bearer ${HEADER}.${payload}.${signature}` });
        return answer.kind === 'refused' && !answer.rule.includes(HEADER);
      }),
    );
  });
});

describe('the ingest with access by IAM', () => {
  const event = { userId: 'u1', event: 'x' };
  let server: IngestServer | undefined;
  afterEach(() => server?.close());

  const start = async (): Promise<{ server: IngestServer; logged: string[] }> => {
    const logged: string[] = [];
    const note = (fields: object, name: string): void => {
      logged.push(JSON.stringify([name, fields]));
    };
    const logger: Logger = { debug: note, info: note, warn: note, error: note };
    server = await startIngest({ authenticate, logger });
    return { server, logged };
  };

  it('writes the account into the record, and the token nowhere', async () => {
    const { server, logged } = await start();
    const token = tokenOf({ email: ACCOUNT.toUpperCase(), email_verified: true });
    const response = await server.post('/v1/track', event, { authorization: `Bearer ${token}` });
    expect(response.status).toBe(200);
    expect(server.sink.values('customerio.track')).toMatchObject([{ source: ACCOUNT }]);
    expect(logged.join()).toContain(ACCOUNT);
    expect(logged.join()).not.toContain(token.split('.')[1]);
    expect(JSON.stringify(server.sink.records)).not.toContain(token.split('.')[1]);
  });

  it('answers 401 with the rule and asks for Bearer, whatever write key is sent', async () => {
    const { server } = await start();
    const response = await server.post('/v1/track', event);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="customerio-platform"');
    expect(await response.json()).toMatchObject({
      code: 'unauthorized',
      message: expect.stringMatching(/^write keys are not taken here: send Authorization: Bearer/),
    });
    expect(server.sink.records).toEqual([]);
  });

  it('refuses a header that was sent twice, of which Cloud Run may have checked one', async () => {
    const { server } = await start();
    const twice = `${GOOD}, ${bearer({ email: 'admin@acme.example' })}`;
    const response = await server.post('/v1/track', event, { 'x-serverless-authorization': twice });
    expect(response.status).toBe(401);
  });
});
