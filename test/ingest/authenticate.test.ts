import { describe, expect, it } from '@jest/globals';
import type { WriteKey } from '../../app/contract/env.ts';
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
    [{ authorization: 'Bearer k1' }],
    [{ 'x-serverless-authorization': basic('k1:').authorization }],
  ])('refuses %j and asks for Basic', (headers) => {
    expect(authenticate(headers)).toMatchObject({ kind: 'refused', scheme: 'Basic' });
  });

  it('lets nobody in where there are no keys', () => {
    expect(writeKeyAuthenticator(() => [])(basic(':'))).toMatchObject({ kind: 'refused' });
  });

  it('holds everybody while the keys are not set, also those without one', () => {
    const held = { kind: 'held', reason: 'the write keys are not set yet' };
    const waiting = writeKeyAuthenticator(() => undefined);
    expect(waiting(basic('k1:'))).toEqual(held);
    expect(waiting({})).toEqual(held);
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
