import { describe, expect, it } from '@jest/globals';
import { readItem } from '../../app/delivery/read-item.ts';
import { busRecord, recordValue } from './records.ts';

const { messageId: _none, ...withoutMessageId } = recordValue();
const idOf = (value: unknown, headers?: Record<string, Buffer>): string | undefined => {
  const item = readItem(busRecord(value, headers));
  return item.kind === 'item' ? item.id : undefined;
};

describe('readItem', () => {
  it('reads a record into what is sent', () => {
    const item = readItem(busRecord(recordValue()));
    expect(item).toMatchObject({ kind: 'item', key: 'u1', correlationId: 'c1', alone: false });
    expect(idOf(recordValue())).toBe('6G8PM8RK570KWTJ1PMJKZ1D0G3');
  });

  it('takes the id from the header, if it is one', () => {
    const ulid = '01J9Z3M8Q4N6T1V5W7X9Y2B3C4';
    expect(idOf(recordValue(), { 'cio-event-id': Buffer.from(ulid) })).toBe(ulid);
    expect(idOf(recordValue(), { 'cio-event-id': Buffer.from('nonsense') })).toBe(idOf(recordValue()));
  });

  it('keeps all digits of ids that an application wrote as numbers', () => {
    const text = JSON.stringify(recordValue())
      .replace('"u1"', '12345678901234567890')
      .replace('"m1"', '9007199254740993');
    const written = recordValue({ userId: '12345678901234567890', messageId: '9007199254740993' });
    expect(readItem(busRecord(text))).toMatchObject({ kind: 'item', key: '12345678901234567890' });
    expect(idOf(text)).toBe(idOf(written));
    expect(idOf(JSON.stringify(recordValue()).replace('"m1"', '5'))).toBe(
      idOf(recordValue({ messageId: '5' })),
    );
  });

  it.each([
    ['metric', { delivery_id: 'd1', metric: 'opened' }, { delivery_id: 'd1', metric: 'clicked' }, true],
    ['content', { action: 'viewed_content' }, { action: 'clicked_content' }, false],
  ] as const)('tells two records of a %s apart by what happened', (type, one, other, alone) => {
    const [first, again, second] = [one, one, other].map((payload) =>
      readItem(busRecord(recordValue({ type, payload }))),
    );
    expect(first).toMatchObject({ kind: 'item', alone });
    expect(again).toEqual(first);
    expect(second).not.toMatchObject({ id: (first as { id: string }).id });
  });

  it('never sends a record with identifiers that name nobody', () => {
    const value = { ...recordValue(), identifiers: { id: 'u1', email: 'a@b.example' } };
    expect(readItem(busRecord(value))).toMatchObject({
      kind: 'unsendable',
      code: 'schema',
      message: 'identifiers must have exactly one of id, email, cio_id',
    });
  });

  it('goes by its place where there is no messageId', () => {
    const value = Buffer.from(JSON.stringify(withoutMessageId));
    const ids = [7, 7, 8].map((offset) => readItem({ ...busRecord(''), value, offset }));
    const [one, again, other] = ids.map((item) => (item.kind === 'item' ? item.id : undefined));
    expect(one).toBe(again);
    expect(one).not.toBe(other);
  });

  it.each([
    ['{', 'not_json'],
    ['', 'not_json'],
    ['null', 'schema'],
    ['[]', 'schema'],
    [{ ...recordValue(), v: 2 }, 'schema'],
    [{ ...recordValue(), type: 'explode' }, 'schema'],
    [{ ...recordValue(), userId: undefined }, 'schema'],
    [{ ...recordValue(), payload: [] }, 'schema'],
    [{ ...recordValue(), timestamp: 'soon' }, 'schema'],
    [{ ...recordValue(), payload: {} }, 'schema'],
    [recordValue({ payload: { event: 'x', properties: { filler: 'x'.repeat(32_000) } } }), 'item_too_large'],
  ])('knows that %j can never be sent', (value, code) => {
    expect(readItem(busRecord(value))).toMatchObject({ kind: 'unsendable', code });
  });

  it('survives a tombstone and a value nested too deep', () => {
    expect(readItem({ ...busRecord(''), value: null })).toMatchObject({ code: 'not_json' });
    const deep = JSON.stringify(recordValue()).replace(
      '{}',
      `{"a":${'['.repeat(250_000)}${']'.repeat(250_000)}}`,
    );
    expect(readItem(busRecord(deep))).toMatchObject({ kind: 'unsendable' });
  });
});
