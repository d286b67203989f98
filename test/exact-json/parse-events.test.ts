import { describe, expect, it } from '@jest/globals';
import { parseEvents, rangeFaults } from '../../app/exact-json/parse-events.ts';

const LONG = '12345678901234567890';
const RULE = 'must be a number between -1.8e308 and 1.8e308';

describe('parseEvents', () => {
  it.each(['userId', 'anonymousId', 'groupId', 'previousId', 'messageId', '\\u0075serId'])(
    'gives a long %s as the text of its digits, of one event and of each in a batch',
    (key) => {
      const name = JSON.parse(`"${key}"`) as string;
      expect(parseEvents(`{"${key}":${LONG}}`)).toEqual({ [name]: LONG });
      expect(parseEvents(`{"batch":[{"${key}":-${LONG}},{}]}`)).toEqual({
        batch: [{ [name]: `-${LONG}` }, {}],
      });
    },
  );

  it('gives a time of too many digits as their text', () => {
    expect(parseEvents('{"timestamp":1767225600.000000000,"sentAt":1767225600123.45678901}')).toEqual({
      timestamp: '1767225600.000000000',
      sentAt: '1767225600123.45678901',
    });
  });

  it('keeps every other number a number with its digits', () => {
    const text = `{"userId":1.2345678901234567890,"other":${LONG},"traits":{"userId":${LONG},"batch":[{"userId":${LONG}}]},"batch":[[{"userId":${LONG}}],${LONG}]}`;
    expect(JSON.stringify(parseEvents(text))).toBe(text);
  });

  it('takes the last of an id that stands twice, as JSON.parse does', () => {
    expect(parseEvents(`{"userId":${LONG},"userId":7}`)).toEqual({ userId: 7 });
    expect(parseEvents(`{"userId":7,"userId":${LONG}}`)).toEqual({ userId: LONG });
  });
});

describe('rangeFaults', () => {
  it('names what is beyond the range of a double, of an event and of each in a batch', () => {
    const event = parseEvents(`{"a":1,"properties":{"price":1e400,"list":[0,{"b":-${'9'.repeat(400)}}]}}`);
    expect(rangeFaults(event as object)).toEqual([
      { field: 'properties.price', rule: RULE },
      { field: 'properties.list.1.b', rule: RULE },
    ]);
    const body = parseEvents(`{"context":{"x":1e999},"batch":[{"a":${LONG}},{"traits":{"n":1e400}}]}`);
    const { batch } = body as { batch: object[] };
    expect([body as object, ...batch].map((each) => rangeFaults(each).map(({ field }) => field))).toEqual([
      ['context.x'],
      [],
      ['traits.n'],
    ]);
  });

  it('are none where every number has a double near it', () => {
    expect(rangeFaults(parseEvents(`{"a":[${LONG},1e-400,1.7e308]}`) as object)).toEqual([]);
    expect(rangeFaults(parseEvents('1e400') as object)).toEqual([]);
  });

  it('are ten at the most, found in a time that grows with the text however deep they are', () => {
    const startedAt = performance.now();
    const depth = 70_000;
    const deep = parseEvents(`{"a":${'[1e400,'.repeat(depth)}0${']'.repeat(depth)}}`);
    expect(rangeFaults(deep as object)).toHaveLength(10);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
