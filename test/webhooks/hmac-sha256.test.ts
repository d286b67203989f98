import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hmacSha256 } from '../../app/webhooks/hmac-sha256.ts';

describe('hmacSha256', () => {
  // https://www.rfc-editor.org/rfc/rfc4231, test case 2
  it('is that of the RFC', () => {
    expect(hmacSha256('Jefe', 'what do ya want ', Buffer.from('for nothing?')).toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is what createHmac gives, for keys of any length and text, in turn', () => {
    const key = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 60, maxLength: 300 }));
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 40 }),
        fc.string({ unit: 'grapheme' }),
        fc.uint8Array({ maxLength: 5_000 }),
        (keys, prefix, body) => {
          for (const one of keys) {
            const expected = createHmac('sha256', one).update(prefix).update(body).digest('hex');
            expect(hmacSha256(one, prefix, body).toString('hex')).toBe(expected);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives a buffer of its own each time', () => {
    const first = hmacSha256('a', 'v0:', Buffer.from('x'));
    const before = first.toString('hex');
    hmacSha256('a', 'v0:', Buffer.from('y'));
    expect(first.toString('hex')).toBe(before);
  });
});
