import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseWithIds } from '../../app/runtime/parse-with-ids.ts';

const LONG = '12345678901234567890';

describe('parseWithIds', () => {
  it.each(['userId', 'anonymousId', 'groupId', 'previousId', 'messageId', '\\u0075serId'])(
    'keeps the digits of %s, of one event and of each in a batch',
    (key) => {
      const name = JSON.parse(`"${key}"`) as string;
      expect(parseWithIds(`{"${key}":${LONG}}`)).toEqual({ [name]: LONG });
      expect(parseWithIds(`{"batch":[{"${key}":-${LONG}},{}]}`)).toEqual({
        batch: [{ [name]: `-${LONG}` }, {}],
      });
    },
  );

  it('leaves every other number as JSON.parse gives it', () => {
    const text = `{"userId":"u1","other":${LONG},"traits":{"userId":${LONG},"batch":[{"userId":${LONG}}]},"batch":[[{"userId":${LONG}}]]}`;
    expect(parseWithIds(text)).toEqual(JSON.parse(text));
  });

  it('takes the last of a key that stands twice, as JSON.parse does', () => {
    expect(parseWithIds(`{"userId":${LONG},"userId":7}`)).toEqual({ userId: 7 });
    expect(parseWithIds(`{"userId":7,"userId":${LONG}}`)).toEqual({ userId: LONG });
  });

  it('is JSON.parse for whatever has no long number', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(parseWithIds(text)).toEqual(JSON.parse(text))));
  });

  it('reads what nests too deep for a long number to be looked for', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parseWithIds(`{"userId":${LONG},"traits":${deep}}`)).toMatchObject({ userId: Number(LONG) });
  });

  it.each(['{', `{"userId":${LONG}`, `{"userId":0${LONG}}`])('throws for %s, which is no JSON', (text) => {
    expect(() => parseWithIds(text)).toThrow(SyntaxError);
  });
});
