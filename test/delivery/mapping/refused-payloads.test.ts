import { describe, expect, it } from '@jest/globals';
import type { EventRecord } from '../../../app/contract/record.ts';
import { mapRecord } from '../../../app/delivery/map-record.ts';
import { recordValue } from '../records.ts';

const ID = '6G8PM8RK570KWTJ1PMJKZ1D0G3';

describe('a payload that does not fit its type', () => {
  it.each<[Partial<EventRecord>, string]>([
    [{ payload: {} }, 'payload.event must be a string that is not empty'],
    [{ payload: { event: 'x', properties: [] } }, 'payload.properties must be an object'],
    [{ type: 'group', payload: { groupId: 7 } }, 'payload.groupId must be a string'],
    [{ type: 'device', payload: { action: 'explode' } }, 'payload.action must be one of'],
    [{ type: 'merge', payload: { primary: 'u1' } }, 'payload.primary must be an object'],
    [{ type: 'device', payload: { action: 'add_device' } }, 'payload.device must be an object'],
    [{ type: 'identify', payload: { relationships: {} } }, 'payload.relationships must be an array'],
    [{ type: 'identify', payload: { relationships: [7] } }, 'payload.relationships.0 must be an object'],
    [
      { type: 'identify', payload: { relationships: [{ identifiers: { object_type_id: '1' } }] } },
      'payload.relationships.0.identifiers.object_id must be a string that is not empty',
    ],
    [
      {
        type: 'identify',
        payload: {
          relationships: [
            { identifiers: { object_type_id: '1', object_id: 'o' }, relationship_attributes: 'x' },
          ],
        },
      },
      'payload.relationships.0.relationship_attributes must be an object',
    ],
    [{ type: 'group', payload: { groupId: 'g', objectTypeId: 2 } }, 'payload.objectTypeId must be a string'],
    [
      { type: 'group', payload: { groupId: 'g', relationshipAttributes: [] } },
      'payload.relationshipAttributes must be an object',
    ],
    [
      { type: 'alias', payload: { previousId: 'p', previousIdentifiers: { phone: '1' } } },
      'payload.previousIdentifiers must have exactly one of id, email, cio_id',
    ],
    [
      { type: 'alias', payload: { previousId: 'p', previousIdentifiers: { id: 7 } } },
      'payload.previousIdentifiers.id must be a string',
    ],
    [{ type: 'object', payload: { action: 'delete' } }, 'payload.object must be an object'],
    [
      { type: 'object', payload: { action: 'explode', object: { object_type_id: '1', object_id: 'o' } } },
      'payload.action must be one of delete, delete_relationships',
    ],
    [{ type: 'metric', payload: { metric: 'opened' } }, 'payload.delivery_id must be a string'],
    [{ type: 'metric', payload: { delivery_id: 'd' } }, 'payload.metric must be a string'],
    [{ type: 'content', payload: { action: 'seen' } }, 'payload.action must be one of viewed_content'],
  ])('such as %j is refused with its field and rule', (record, message) => {
    expect(() => mapRecord(recordValue(record), ID)).toThrow(message);
  });

  it('never takes an anonymousId for a person', () => {
    const { userId: _none, ...anonymous } = recordValue({ anonymousId: 'a1', type: 'delete', payload: {} });
    expect(() => mapRecord(anonymous, ID)).toThrow('userId is required for delete');
  });
});
