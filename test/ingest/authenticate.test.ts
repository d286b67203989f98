import { describe, expect, it } from '@jest/globals';
import type { WriteKey } from '../../app/contract/env.ts';
import { LIMITS } from '../../app/contract/limits.ts';
import { writeKeyAuthenticator } from '../../app/ingest/authenticate.ts';

const basic = (text: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
});

const KEYS = [
  { source: 'shop', key: 'k1' },
  { source: 'app', key: 'k2' },
];

describe('writeKeyAuthenticator', () => {
  const authenticate = writeKeyAuthenticator(() => KEYS);

  it.each([
    [basic('k1:'), 'shop'],
    [basic('k2'), 'app'],
    [basic('k2:ignored'), 'app'],
    [{ authorization: basic('k1:').authorization.replace('Basic', 'basic') }, 'shop'],
    [{ authorization: 'Bearer k1' }, 'shop'],
    [{ authorization: 'bearer  k2' }, 'app'],
  ])('of %j is %s', (headers, source) => {
    expect(authenticate(headers)).toEqual({ kind: 'source', source });
  });

  it.each([
    [basic('k3:')],
    [basic(':k1')],
    [basic(':')],
    [{}],
    [{ authorization: '' }],
    [{ authorization: 'Basic' }],
    [{ authorization: 'Bearer' }],
    [{ authorization: 'Bearer k3' }],
    [{ authorization: 'Bearer k1 k2' }],
    [{ authorization: 'Bearer k1:' }],
    [{ authorization: 'Digest k1' }],
    [{ authorization: 'k1' }],
    [{ authorization: `Bearer ${'k'.repeat(10_000)}` }],
    [{ 'x-serverless-authorization': basic('k1:').authorization }],
  ])('refuses %j and asks for Basic', (headers) => {
    expect(authenticate(headers)).toMatchObject({ kind: 'refused', scheme: 'Basic' });
  });

  it.each([
    [{}, { writeKey: 'k1' }, 'shop'],
    [{ authorization: '' }, { writeKey: 'k2' }, 'app'],
    [basic('k1:'), { writeKey: 'k1' }, 'shop'],
    [basic('k1:'), { writeKey: null }, 'shop'],
    [basic('k1:'), {}, 'shop'],
    [{ authorization: 'Bearer k2' }, { writeKey: 'k2' }, 'app'],
  ])('of %j with the body %j is %s', (headers, body, source) => {
    expect(authenticate(headers, body)).toEqual({ kind: 'source', source });
  });

  it.each([
    [{}, {}, /^needs a write key/],
    [{}, { writeKey: null }, /^needs a write key/],
    [{}, { writeKey: '' }, /^needs a write key/],
    [{}, { writeKey: 'k3' }, /^needs a write key/],
    [{}, { writeKey: 7 }, /^writeKey in the body must be a string$/],
    [{}, { writeKey: { $ne: 'k1' } }, /must be a string$/],
    [{}, { writeKey: ['k1'] }, /must be a string$/],
    [basic('k1:'), { writeKey: 7 }, /must be a string$/],
    [{}, { writeKey: 'k'.repeat(10_000) }, /at most 1024 characters$/],
    [basic('k1:'), { writeKey: 'k2' }, /must be the same$/],
    [basic('k1:'), { writeKey: '' }, /must be the same$/],
    [basic('k3:'), { writeKey: 'k1' }, /must be the same$/],
    [basic(':'), { writeKey: 'k1' }, /must be the same$/],
    [{ authorization: 'Digest k1' }, { writeKey: 'k1' }, /must be the same$/],
  ])('refuses %j with the body %j and says why, not what it got', (headers, body, rule) => {
    const found = authenticate(headers, body);
    expect(found).toMatchObject({ kind: 'refused', scheme: 'Basic', rule: expect.stringMatching(rule) });
    expect(found).not.toHaveProperty('mayBeInBody');
    expect(JSON.stringify(found)).not.toMatch(/k[123]|kkk|\$ne/);
  });

  it('asks for the body only where the headers say nothing', () => {
    expect(authenticate({})).toMatchObject({ kind: 'refused', mayBeInBody: true });
    expect(authenticate(basic('k3:'))).not.toHaveProperty('mayBeInBody');
    expect(authenticate({ authorization: 'Digest k1' })).not.toHaveProperty('mayBeInBody');
  });

  it('takes a key of any length that the setting takes', () => {
    const key = 'k'.repeat(LIMITS.mostKeyCharacters);
    const found = writeKeyAuthenticator(() => [{ source: 'long', key }])({}, { writeKey: key });
    expect(found).toEqual({ kind: 'source', source: 'long' });
  });

  it('lets nobody in where there are no keys', () => {
    expect(writeKeyAuthenticator(() => [])(basic(':'))).toMatchObject({ kind: 'refused' });
  });

  it('holds everybody while the keys are not set, also those without one', () => {
    const held = { kind: 'held', reason: 'the write keys are not set yet' };
    const waiting = writeKeyAuthenticator(() => undefined);
    expect(waiting(basic('k1:'))).toEqual(held);
    expect(waiting({})).toEqual(held);
    expect(waiting({}, { writeKey: 'k1' })).toEqual(held);
  });

  it('follows the keys as they are replaced, withdrawn and set again', () => {
    let keys: readonly WriteKey[] | undefined;
    const rotating = writeKeyAuthenticator(() => keys);
    const kinds = (): string[] => ['k1:', 'k9:'].map((key) => rotating(basic(key)).kind);
    expect(kinds()).toEqual(['held', 'held']);
    keys = KEYS;
    expect(kinds()).toEqual(['source', 'refused']);
    keys = [...KEYS, { source: 'new', key: 'k9' }];
    expect(kinds()).toEqual(['source', 'source']);
    keys = [{ source: 'new', key: 'k9' }];
    expect(kinds()).toEqual(['refused', 'source']);
    keys = undefined;
    expect(kinds()).toEqual(['held', 'held']);
    keys = KEYS;
    expect(kinds()).toEqual(['source', 'refused']);
  });

  it('reads the entries of one array only once', () => {
    let reads = 0;
    const counted = [
      {
        source: 'shop',
        get key() {
          reads += 1;
          return 'k1';
        },
      },
    ];
    const counting = writeKeyAuthenticator(() => counted);
    for (let i = 0; i < 10; i += 1) expect(counting(basic('k1:')).kind).toBe('source');
    expect(reads).toBe(1);
  });
});
