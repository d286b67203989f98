import { describe, expect, it } from '@jest/globals';
import { type EventRecord, RECORD_TYPES } from '../../app/contract/record.ts';
import { mapRecord } from '../../app/delivery/map-record.ts';
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
    [
      'identify with relationships',
      {
        type: 'identify',
        identifiers: { email: 'a@b.example' },
        payload: {
          traits: {},
          relationships: [
            { identifiers: { object_type_id: '2', object_id: 'o' }, relationship_attributes: { role: 'x' } },
            { identifiers: { object_type_id: '1', object_id: 'p' } },
          ],
        },
      },
      {
        type: 'person',
        action: 'identify',
        identifiers: { email: 'a@b.example' },
        timestamp,
        attributes: {},
        cio_relationships: [
          { identifiers: { object_type_id: '2', object_id: 'o' }, relationship_attributes: { role: 'x' } },
          { identifiers: { object_type_id: '1', object_id: 'p' } },
        ],
      },
    ],
    [
      'group with its type and relationship',
      {
        type: 'group',
        identifiers: { cio_id: '03' },
        payload: {
          groupId: 'g',
          objectTypeId: '4',
          traits: { object_type_id: 9, objectTypeId: 8 },
          relationshipAttributes: { role: 'admin' },
        },
      },
      {
        type: 'object',
        action: 'identify',
        identifiers: { object_type_id: '4', object_id: 'g' },
        attributes: { object_type_id: 9, objectTypeId: 8 },
        cio_relationships: [{ identifiers: { cio_id: '03' }, relationship_attributes: { role: 'admin' } }],
      },
    ],
    [
      'alias of somebody known by e-mail',
      {
        type: 'alias',
        identifiers: { cio_id: '03' },
        payload: { previousId: 'a@b.example', previousIdentifiers: { email: 'a@b.example' } },
      },
      {
        type: 'person',
        action: 'merge',
        primary: { cio_id: '03' },
        secondary: { email: 'a@b.example' },
      },
    ],
    [
      'object delete',
      {
        type: 'object',
        payload: { action: 'delete', object: { object_type_id: '1', object_id: 'o' } },
      },
      { type: 'object', action: 'delete', identifiers: { object_type_id: '1', object_id: 'o' } },
    ],
    [
      'object delete_relationships',
      {
        type: 'object',
        payload: { action: 'delete_relationships', object: { object_type_id: '1', object_id: 'o' } },
      },
      {
        type: 'object',
        action: 'delete_relationships',
        identifiers: { object_type_id: '1', object_id: 'o' },
        cio_relationships: [{ identifiers }],
      },
    ],
    [
      'content',
      { type: 'content', payload: { action: 'viewed_content', attributes: { slot: 3 } } },
      {
        type: 'person',
        action: 'viewed_content',
        identifiers,
        name: 'viewed_content',
        id: ID,
        timestamp,
        attributes: { slot: 3 },
      },
    ],
  ])('maps %s', (_type, record, operation) => {
    expect(operationOf(record)).toEqual(operation);
  });

  it.each(['track', 'page', 'delete', 'suppress', 'unsuppress', 'device', 'content'] as const)(
    'names the person of a %s by the record’s identifiers',
    (type) => {
      const action = type === 'device' ? 'delete_device' : 'clicked_content';
      const payload = { event: 'x', action, device: {} };
      const email = { email: 'a@b.example' };
      expect(operationOf({ type, identifiers: email, payload })).toMatchObject({ identifiers: email });
      const { userId: _none, ...unnamed } = recordValue({ anonymousId: 'a1', identifiers: email });
      const mapped = mapRecord({ ...unnamed, type, payload }, ID);
      expect(mapped).toMatchObject({ kind: 'operation', operation: { identifiers: email } });
    },
  );

  it('reports what a delivery came to, with what is known of it', () => {
    const report = { delivery_id: 'd1', metric: 'clicked', href: 'https://a.example', metadata: { a: 'b' } };
    const payload = { ...report, reason: null, other: 1 };
    expect(mapRecord(recordValue({ type: 'metric', payload }), ID)).toEqual({
      kind: 'metric',
      report: { ...report, timestamp },
    });
  });

  it('knows every type of record', () => {
    for (const type of RECORD_TYPES) {
      const payload = {
        event: 'x',
        groupId: 'g',
        previousId: 'p',
        primary: {},
        secondary: {},
        device: {},
        object: { object_type_id: '1', object_id: 'o' },
        delivery_id: 'd',
        metric: 'opened',
        action: { device: 'add_device', object: 'delete', content: 'viewed_content' }[type as string],
      };
      expect(mapRecord(recordValue({ type, payload }), ID)).toMatchObject({ kind: expect.any(String) });
    }
  });

  it.each([
    ['group', { groupId: 'g' }, 'identify_anonymous'],
    [
      'object',
      { action: 'delete_relationships', object: { object_type_id: '1', object_id: 'g' } },
      'delete_relationships',
    ],
  ] as const)('relates somebody without a userId in a %s', (type, payload, action) => {
    const { userId: _none, ...anonymous } = recordValue({ anonymousId: 'a1', type, payload });
    expect(mapRecord(anonymous, ID)).toMatchObject({
      operation: {
        type: 'object',
        action,
        identifiers: { object_type_id: '1', object_id: 'g' },
        cio_relationships: [{ identifiers: { anonymous_id: 'a1' } }],
      },
    });
  });

  it('names somebody who saw content without a userId', () => {
    const payload = { action: 'clicked_content', attributes: {} };
    const { userId: _none, ...anonymous } = recordValue({ anonymousId: 'a1', type: 'content', payload });
    expect(mapRecord(anonymous, ID)).toMatchObject({ operation: { identifiers: { anonymous_id: 'a1' } } });
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
});
