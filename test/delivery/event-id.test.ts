import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EventIdentity, eventId, isUlid } from '../../app/delivery/engine/event-id.ts';

const identity: EventIdentity = { source: 'shop', type: 'track', key: 'u1', name: 'Bought', messageId: 'm1' };

const naive = ({ source, type, key, name, messageId }: EventIdentity): string => {
  const text = ['customerio-platform/1', source, type, key, name, messageId].join('\0');
  let number = BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 32)}`);
  let ulid = '';
  for (let index = 0; index < 26; index += 1) {
    ulid = `${'0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number(number & 31n)]}${ulid}`;
    number >>= 5n;
  }
  return ulid;
};

describe('eventId', () => {
  it('never changes for the same event', () => {
    expect(eventId(identity)).toBe('6G8PM8RK570KWTJ1PMJKZ1D0G3');
  });

  it.each(['source', 'type', 'key', 'name', 'messageId'] as const)('changes with the %s', (part) => {
    expect(eventId({ ...identity, [part]: 'other' })).not.toBe(eventId(identity));
  });

  it('does not mix neighbouring parts up', () => {
    expect(eventId({ ...identity, source: 'a', type: 'bc' })).not.toBe(
      eventId({ ...identity, source: 'ab', type: 'c' }),
    );
  });

  it('is the first 128 bits of the hash as a ULID, whatever the parts', () => {
    const part = fc.string({ unit: 'grapheme' });
    const parts = fc.record({ source: part, type: part, key: part, name: part, messageId: part });
    fc.assert(fc.property(parts, (one) => isUlid(eventId(one)) && eventId(one) === naive(one)));
  });
});

describe('isUlid', () => {
  it.each(['', '8ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'I0000000000000000000000000', '0', '0'.repeat(27)])(
    'refuses %j',
    (text) => {
      expect(isUlid(text)).toBe(false);
    },
  );
});
