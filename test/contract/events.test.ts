import { describe, expect, it } from '@jest/globals';
import { EVENT_SCHEMAS } from '../../app/contract/schemas/events.ts';
import { faultsOf } from '../../app/contract/schemas/fault.ts';

const faults = (type: keyof typeof EVENT_SCHEMAS, event: unknown): readonly string[] => {
  const parsed = EVENT_SCHEMAS[type].safeParse(event);
  return parsed.success ? [] : faultsOf(parsed.error).map(({ field, rule }) => `${field} ${rule}`);
};

describe('the event schemas', () => {
  it.each([
    ['identify', { userId: 'u1' }],
    ['identify', { userId: 42, traits: { a: null } }],
    ['track', { anonymousId: 'a1', event: 'Bought' }],
    ['track', { userId: 'org/1', event: 'x', properties: null, unknownKey: 1 }],
    ['page', { userId: 'cio_0300' }],
    ['screen', { userId: 'a@b.example', name: null, category: 'c' }],
    ['group', { userId: 'u1', groupId: 7 }],
    ['alias', { userId: 'u1', previousId: 'a1' }],
  ] as const)('accept a good %s %j', (type, event) => {
    expect(faults(type, event)).toEqual([]);
  });

  it.each([
    ['identify', { anonymousId: 'a1' }, 'userId is required'],
    ['identify', { userId: 'u1', traits: [] }, 'traits must be an object'],
    ['track', { event: 'x' }, 'userId needs a userId or an anonymousId'],
    ['track', { userId: 'u1' }, 'event is required'],
    ['track', { userId: 'u1', event: 7 }, 'event must be a string'],
    ['track', { userId: 'u1', event: '   ' }, 'event must not be blank'],
    ['track', { userId: ' ', event: 'x' }, 'userId must not be blank'],
    ['track', { userId: 1.5, event: 'x' }, 'userId must be a string or a whole number written in digits'],
    ['track', { userId: 'x'.repeat(151), event: 'x' }, 'userId must not be longer than 150 bytes'],
    ['track', { userId: '\ud800', event: 'x' }, 'userId must be valid Unicode'],
    ['page', { userId: 'u1', category: 7 }, 'category must be a string'],
    ['group', { userId: 'u1' }, 'groupId is required'],
    ['alias', { userId: 'u1' }, 'previousId is required'],
  ] as const)('refuse a bad %s %j and name field and rule', (type, event, fault) => {
    expect(faults(type, event)).toContain(fault);
  });

  it('name every broken rule at once', () => {
    expect(faults('identify', { traits: 1, messageId: {}, context: 'x' })).toHaveLength(4);
  });

  it('never repeat a value', () => {
    const secret = 'hunter2';
    const all = faults('track', {
      userId: { secret },
      event: [secret],
      timestamp: secret,
      messageId: [secret],
    });
    expect(all.join()).not.toContain(secret);
  });
});
