import { describe, expect, it } from '@jest/globals';
import { aliasOperation, groupOperation, identifyOperation } from '../../app/contract/operations.ts';

describe('operations', () => {
  it('write traits as attributes, and the anonymous id among them', () => {
    const operation = identifyOperation({
      person: { id: 'u1' },
      timestamp: 5,
      traits: { a: 1 },
      anonymousId: 'x',
    });
    expect(operation).toEqual({
      type: 'person',
      identifiers: { id: 'u1' },
      action: 'identify',
      timestamp: 5,
      attributes: { a: 1, anonymous_id: 'x' },
    });
  });

  it.each([
    [{}, '1'],
    [{ object_type_id: 2 }, '2'],
    [{ objectTypeId: '3' }, '3'],
    [{ objectTypeId: JSON.rawJSON('12345678901234567890') }, '12345678901234567890'],
  ])('take the object type from the traits %j', (traits, type) => {
    const operation = groupOperation({
      member: { id: 'u1' },
      groupId: 'g1',
      traits: { ...traits, name: 'n' },
    });
    expect(operation.identifiers).toEqual({ object_type_id: type, object_id: 'g1' });
    expect(operation['attributes']).toEqual({ name: 'n' });
    expect(operation['cio_relationships']).toEqual([{ identifiers: { id: 'u1' } }]);
  });

  it('merge the previous id into the user', () => {
    expect(aliasOperation({ person: { id: 'u1' }, previous: { id: 'old' } })).toMatchObject({
      action: 'merge',
      primary: { id: 'u1' },
      secondary: { id: 'old' },
    });
  });
});
