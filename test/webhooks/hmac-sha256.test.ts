import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hmacSha256 } from '../../app/webhooks/hmac-sha256.ts';

describe('hmacSha256', () => {
  // https://www.rfc-editor.org/rfc/rfc4231, test case 2
  it('is that of the RFC', () => {
    expect(hmacSha256('Jefe', 'what do ya want ', Buffer.from('for nothing?'))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('is what createHmac gives, for keys of any length and text, in turn', () => {
    const key = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 60, maxLength: 300 }));
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 40 }),
        fc.string({ unit: 'grapheme' }),
        fc.oneof(
          fc.uint8Array({ maxLength: 5_000 }),
          fc.integer({ min: 16_000, max: 20_000 }).map(Buffer.alloc),
        ),
        (keys, prefix, body) => {
          for (const one of keys) {
            const expected = createHmac('sha256', one).update(prefix).update(body).digest('hex');
            expect(hmacSha256(one, prefix, body)).toBe(expected);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
