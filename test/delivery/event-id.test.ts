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

  it.each([
    [identity, '6G8PM8RK570KWTJ1PMJKZ1D0G3'],
    [{ ...identity, type: 'identify', name: '' }, '66R0EN4Z3VK5DEN9MDW97GRMQC'],
    [{ source: '', type: '', key: '', name: '', messageId: '' }, '3G4772DH0305F8VCSZY9XCDS01'],
    [{ ...identity, key: '名前 \u0001\n', messageId: 'm\u{1f600}' }, '6PRMZ4T0T3364W62K957NS3Q5N'],
  ])('of %j stays as it was in every release', (known, id) => {
    expect(eventId(known)).toBe(id);
  });

  it('keeps three events apart whose parts hold the NUL that separates parts', () => {
    const ids = [
      { ...identity, key: 'x\0y', name: 'z' },
      { ...identity, key: 'x', name: 'y\0z' },
      { ...identity, key: 'x', name: 'y', messageId: 'z\0m1' },
    ].map(eventId);
    expect(new Set(ids).size).toBe(3);
  });

  it('differs wherever the parts differ, even where their texts in a row are the same', () => {
    const piece = fc.string({ unit: fc.constantFrom('1', ':', 'é', '\ud800', '\udbff'), maxLength: 2 });
    const cases = fc.array(piece, { minLength: 6, maxLength: 9 }).chain((pieces) => {
      const cuts = fc.subarray([...pieces.keys()].slice(1), { minLength: 4, maxLength: 4 });
      const parts = cuts.map((at) =>
        [0, ...at].map((from, index) => pieces.slice(from, at[index] ?? pieces.length).join('\0')),
      );
      return fc.tuple(parts, parts);
    });
    const idOf = ([source = '', type = '', key = '', name = '', messageId = '']: readonly string[]): string =>
      eventId({ source, type, key, name, messageId });
    fc.assert(
      fc.property(cases, ([one, other]) => {
        const same = one.every((text, index) => text === other[index]);
        return (idOf(one) === idOf(other)) === same;
      }),
      { numRuns: 1000 },
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
