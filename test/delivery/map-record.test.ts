import { describe, expect, it } from '@jest/globals';
import type { EventRecord } from '../../app/contract/record.ts';
import { mapRecord } from '../../app/delivery/map-record.ts';
import { pageName } from '../../app/delivery/page-name.ts';
import { recordValue } from './records.ts';

const ID = '6G8PM8RK570KWTJ1PMJKZ1D0G3';
const timestamp = 1_767_225_600;
const identifiers = { id: 'u1' };

const operationOf = (more: Partial<EventRecord>): unknown => {
  const mapped = mapRecord(recordValue(more), ID);
  return mapped.kind === 'operation' ? mapped.operation : undefined;
};

describe('mapRecord', () => {
  it.each<[string, Partial<EventRecord>, object]>([
    [
      'identify',
      { type: 'identify', anonymousId: 'a1', payload: { traits: { a: { b: 1 } } } },
      {
        type: 'person',
        action: 'identify',
        identifiers,
        timestamp,
        attributes: { a: { b: 1 }, anonymous_id: 'a1' },
      },
    ],
    [
      'track',
      { payload: { event: 'Bought', properties: { price: 3 } } },
      {
        type: 'person',
        action: 'event',
        identifiers,
        name: 'Bought',
        id: ID,
        timestamp,
        attributes: { price: 3 },
      },
    ],
    [
      'page',
      { type: 'page', payload: { category: 'Docs', properties: { title: 'T' } } },
      {
        type: 'person',
        action: 'page',
        identifiers,
        name: 'T',
        id: ID,
        timestamp,
        attributes: { title: 'T', category: 'Docs' },
      },
    ],
    [
      'screen',
      { type: 'screen', payload: { name: 'Home' } },
      { type: 'person', action: 'screen', identifiers, name: 'Home', id: ID, timestamp, attributes: {} },
    ],
    [
      'group',
      { type: 'group', payload: { groupId: 'g', traits: { n: 1 } } },
      {
        type: 'object',
        action: 'identify',
        identifiers: { object_type_id: '1', object_id: 'g' },
        attributes: { n: 1 },
        cio_relationships: [{ identifiers }],
      },
    ],
    [
      'alias',
      { type: 'alias', payload: { previousId: 'p' } },
      { type: 'person', action: 'merge', primary: identifiers, secondary: { id: 'p' } },
    ],
    ['delete', { type: 'delete', payload: {} }, { type: 'person', action: 'delete', identifiers }],
    ['suppress', { type: 'suppress', payload: {} }, { type: 'person', action: 'suppress', identifiers }],
    [
      'unsuppress',
      { type: 'unsuppress', payload: {} },
      { type: 'person', action: 'unsuppress', identifiers },
    ],
    [
      'merge',
      { type: 'merge', payload: { primary: { id: 'u1' }, secondary: { email: 'a@b.example' } } },
      { type: 'person', action: 'merge', primary: { id: 'u1' }, secondary: { email: 'a@b.example' } },
    ],
    [
      'device',
      { type: 'device', payload: { action: 'add_device', device: { id: 'd', platform: 'ios' } } },
      { type: 'person', action: 'add_device', identifiers, device: { id: 'd', platform: 'ios' } },
    ],
  ])('maps %s', (_type, record, operation) => {
    expect(operationOf(record)).toEqual(operation);
  });

  it('sends events of somebody without a userId as anonymous ones', () => {
    const { userId: _none, ...anonymous } = recordValue({ anonymousId: 'a1' });
    expect(mapRecord(anonymous, ID)).toEqual({
      kind: 'anonymous',
      anonymousId: 'a1',
      event: { name: 'Bought', id: ID, timestamp, data: {} },
    });
    const page = mapRecord({ ...anonymous, type: 'page', payload: { name: 'Home' } }, ID);
    expect(page).toMatchObject({ event: { type: 'page', name: 'Home' } });
  });

  it.each<[Partial<EventRecord>, string]>([
    [{ payload: {} }, 'payload.event must be a string that is not empty'],
    [{ payload: { event: 'x', properties: [] } }, 'payload.properties must be an object'],
    [{ type: 'group', payload: { groupId: 7 } }, 'payload.groupId must be a string'],
    [{ type: 'device', payload: { action: 'explode' } }, 'payload.action must be one of'],
    [{ type: 'merge', payload: { primary: 'u1' } }, 'payload.primary must be an object'],
  ])('refuses %j', (record, message) => {
    expect(() => mapRecord(recordValue(record), ID)).toThrow(message);
  });

  it('never takes an anonymousId for a person', () => {
    const { userId: _none, ...anonymous } = recordValue({ anonymousId: 'a1', type: 'delete', payload: {} });
    expect(() => mapRecord(anonymous, ID)).toThrow('userId is required for delete');
  });
});

describe('pageName', () => {
  it.each([
    [{ name: ' Home ', properties: { title: 't' } }, 'Home'],
    [{ name: ' ', properties: { title: 't', path: 'p' } }, 't'],
    [{ properties: { title: 7, path: 'p', url: 'u' } }, 'p'],
    [{ properties: { url: 'u' }, category: 'c' }, 'u'],
    [{ category: 'c' }, 'c'],
    [{ properties: null }, 'page'],
  ])('of %j is %j', (payload, name) => {
    expect(pageName('page', payload)).toBe(name);
  });

  it('is cut to 100 bytes of whole characters', () => {
    const name = pageName('page', { properties: { title: `${'x'.repeat(97)}${'🦊'.repeat(9)}` } });
    expect(name).toBe('x'.repeat(97));
    expect(Buffer.byteLength(pageName('page', { properties: { title: 'x'.repeat(31_000) } }))).toBe(100);
  });
});
