import { describe, expect, it } from '@jest/globals';
import { verifyRequestSignature } from 'customerio-node';
import fc from 'fast-check';
import {
  isUsableKey,
  signatureHeaders,
  signatureOf,
  verifySignature,
} from '../../app/webhooks/verify-signature.ts';
import { bytesOf, KEY, signed } from './webhook-server.ts';

const BODY = bytesOf({ event_id: 'e' });
const given = signatureOf(signed(BODY));

describe('verifySignature', () => {
  it('agrees with Customer.io’s own library, on any text, key and time', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, fc.string({ minLength: 1 }), fc.nat(), (body, key, time) => {
        const headers = signed(body, key, String(time));
        const signature = headers['x-cio-signature'] ?? '';
        expect(verifyRequestSignature({ signingSecret: key, timestamp: time, body, signature })).toBe(true);
        expect(verifySignature(signatureOf(headers), bytesOf(body), [key])).toBe(
          isUsableKey(key) ? 0 : undefined,
        );
      }),
    );
  });

  it('tells which of several keys signed', () => {
    expect(verifySignature(given, BODY, [KEY, 'old'])).toBe(0);
    expect(verifySignature(given, BODY, ['new', KEY])).toBe(1);
    expect(verifySignature(given, BODY, ['new', 'old'])).toBeUndefined();
    expect(verifySignature(given, BODY, [])).toBeUndefined();
  });

  it.each(['', 'unset'])('never takes the key %j, which everybody knows', (key) => {
    expect(verifySignature(signatureOf(signed(BODY, key)), BODY, [key, KEY])).toBeUndefined();
    expect(verifySignature(given, BODY, [key, KEY])).toBe(1);
  });

  it('finds any altered byte of body, timestamp or signature', () => {
    const place = fc.nat();
    const flip = fc.integer({ min: 1, max: 255 });
    const bytes = fc.uint8Array({ minLength: 1 });
    fc.assert(
      fc.property(bytes, place, flip, fc.nat({ max: 9 }), (body, at, by, digit) => {
        const headers = signed(body);
        const signature = signatureOf(headers);
        const altered = Buffer.from(body);
        altered[at % body.length] = (altered[at % body.length] ?? 0) ^ by;
        expect(verifySignature(signature, body, [KEY])).toBe(0);
        expect(verifySignature(signature, altered, [KEY])).toBeUndefined();
        for (const [name, text] of Object.entries(headers)) {
          const index = at % text.length;
          if (text[index] === String(digit)) continue;
          const other = { ...headers, [name]: `${text.slice(0, index)}${digit}${text.slice(index + 1)}` };
          expect(verifySignature(signatureOf(other), body, [KEY])).toBeUndefined();
        }
      }),
    );
  });

  it('has no limit of age but where one is given', () => {
    const sentAt = 1_760_000_000_000;
    const at = (now: number): number | undefined =>
      verifySignature(given, BODY, [KEY], { withinSeconds: 300, now });
    expect(verifySignature(given, BODY, [KEY])).toBe(0);
    expect([at(sentAt), at(sentAt + 300_000), at(sentAt - 300_000)]).toEqual([0, 0, 0]);
    expect([at(sentAt + 301_000), at(sentAt - 301_000)]).toEqual([undefined, undefined]);
  });
});

describe('signatureOf', () => {
  const headers = signed(BODY);
  const hex = headers['x-cio-signature'] ?? '';
  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['in upper case', hex.toUpperCase()],
    ['not hexadecimal', `g${hex.slice(1)}`],
    ['of odd length', hex.slice(1)],
    ['too short', hex.slice(2)],
    ['too long', `${hex}00`],
    ['repeated', `${hex}, ${hex}`],
    ['ending in a line break', `${hex}\n`],
    ['prefixed', `v0=${hex}`],
  ])('is none with a signature that is %s', (_what, signature) => {
    expect(signatureOf({ ...headers, 'x-cio-signature': signature })).toBeUndefined();
  });

  it.each(['', '-1', '1.5', '1e9', 'abc', '1760000000, 1760000000', ' 1', '9'.repeat(16), '١'])(
    'is none with the timestamp %j',
    (timestamp) => {
      expect(signatureOf({ ...headers, 'x-cio-timestamp': timestamp })).toBeUndefined();
    },
  );

  it('has a description that tells nothing of its value', () => {
    expect(signatureHeaders(headers)).toEqual({ timestamp: 'well-formed', signature: 'well-formed' });
    expect(signatureHeaders({ 'x-cio-signature': 'x' })).toEqual({
      timestamp: 'absent',
      signature: 'malformed',
    });
  });
});
