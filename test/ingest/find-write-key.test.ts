import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LIMITS } from '../../app/contract/limits.ts';
import { findWriteKey, NOT_A_STRING } from '../../app/ingest/find-write-key.ts';

const find = (text: string): unknown => findWriteKey(Buffer.from(text));

describe('findWriteKey', () => {
  it.each([
    ['{"writeKey":"k1"}', 'k1'],
    ['\ufeff { "batch" : [ ] ,\n\t"writeKey"\r\n : "k1" } ', 'k1'],
    ['{"batch":[{"writeKey":"inner"}],"writeKey":"k1"}', 'k1'],
    ['{"a":"\\"writeKey\\":\\"no\\"","b\\\\":"\\\\","writeKey":"k1"}', 'k1'],
    ['{"a":"writeKey","writeKey":"k1"}', 'k1'],
    ['{"a":"}{][","writeKey":"k1"}', 'k1'],
    ['{"\\u0077rite\\u004Bey":"k\\u0031"}', 'k1'],
    ['{"writeKey":"schlüssel"}', 'schlüssel'],
    ['{"writeKey":""}', ''],
    ['{"writeKey":null}', null],
    ['{"writeKey":7}', NOT_A_STRING],
    ['{"writeKey":{"writeKey":"k1"}}', NOT_A_STRING],
    ['{"writeKey":["k1"]}', NOT_A_STRING],
  ])('in %s finds what is at the top level', (text, key) => {
    expect(find(text)).toBe(key);
  });

  it.each([
    ['{}'],
    ['[]'],
    ['null'],
    [''],
    ['"writeKey"'],
    ['[{"writeKey":"k1"}]'],
    ['{"batch":[{"writeKey":"k1"}]}'],
    ['{"context":{"writeKey":"k1"}}'],
    ['{"writekey":"k1","write_key":"k1","writeKeys":"k1","riteKey":"k1"}'],
    ['{"a":"writeKey"}'],
    ['{"writeKey'],
    ['{"a\\'],
    ['{"writeKey":"k\\'],
  ])('in %s finds none', (text) => {
    expect(find(text)).toBeUndefined();
  });

  it('leaves a key that is too long too long', () => {
    const long = 'k'.repeat(10_000);
    expect(String(find(`{"writeKey":"${long}"}`)).length).toBeGreaterThan(LIMITS.mostKeyCharacters);
    const longest = '\\u006b'.repeat(LIMITS.mostKeyCharacters);
    expect(find(`{"writeKey":"${longest}"}`)).toBe('k'.repeat(LIMITS.mostKeyCharacters));
  });

  it('finds in any object what a parser finds', () => {
    const name = fc.oneof(fc.constantFrom('writeKey', 'batch', 'a"b', 'a\\', '{', '\u2028'), fc.string());
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.constantFrom('writeKey', '"writeKey":', '{"writeKey":"no"}', 1.5, true, null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const object = fc.dictionary(name, tree.value, { maxKeys: 6 });
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 2, '\t'), (body, indent) => {
        const text = JSON.stringify(body, null, indent);
        const parsed = (JSON.parse(text) as { writeKey?: unknown }).writeKey;
        const isOther = parsed !== undefined && parsed !== null && typeof parsed !== 'string';
        expect(find(text)).toEqual(isOther ? NOT_A_STRING : parsed);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });
});
