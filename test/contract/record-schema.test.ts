import { describe, expect, it } from '@jest/globals';
import { RECORD_TYPES } from '../../app/contract/record.ts';
import { faultsOf } from '../../app/contract/schemas/fault.ts';
import { RECORD_SCHEMA } from '../../app/contract/schemas/record-schema.ts';

const record = {
  v: 1,
  type: 'identify',
  userId: 'u1',
  timestamp: '2026-01-01T00:00:00.000Z',
  receivedAt: '2026-01-01T00:00:00.000Z',
  correlationId: 'c1',
  source: 'shop',
  payload: {},
};

const faults = (changes: object): readonly string[] => {
  const parsed = RECORD_SCHEMA.safeParse({ ...record, ...changes });
  return parsed.success ? [] : faultsOf(parsed.error).map(({ field, rule }) => `${field} ${rule}`);
};

describe('the schema of records', () => {
  it.each(RECORD_TYPES)('takes a record of type %s', (type) => {
    expect(faults({ type })).toEqual([]);
  });

  it.each([
    [undefined],
    [{ id: 'u1' }],
    [{ email: 'a@b.example' }],
    [{ cio_id: '0300' }],
    [{ id: 'x'.repeat(150) }],
  ])('takes the identifiers %j', (identifiers) => {
    expect(faults({ identifiers })).toEqual([]);
  });

  it.each([
    [{}, 'identifiers must have exactly one of id, email, cio_id'],
    [{ id: 'u1', email: 'a@b.example' }, 'identifiers must have exactly one of id, email, cio_id'],
    [{ anonymous_id: 'a1' }, 'identifiers must have exactly one of id, email, cio_id'],
    [{ id: '' }, 'identifiers.id must not be blank'],
    [{ id: 7 }, 'identifiers.id must be a string'],
    [{ id: { id: 'u1' } }, 'identifiers.id must be a string'],
    [{ email: 'ü'.repeat(76) }, 'identifiers.email must not be longer than 150 bytes'],
    ['u1', 'identifiers must be an object'],
    [null, 'identifiers must be an object'],
    [[{ id: 'u1' }], 'identifiers must be an object'],
  ])('refuses the identifiers %j and says why', (identifiers, fault) => {
    expect(faults({ identifiers })).toContain(fault);
  });
});
