import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseExact } from '../../app/exact-json/parse-exact.ts';

/** JSON in which every number is one that a double does not keep, without spaces. */
const LONG = ['12345678901234567890', '-9007199254740993', '0.1234567890123456789', '1e400', '-1.5E-999'];

describe('parseExact', () => {
  it.each([
    ...LONG,
    '9007199254740992',
    '1000000000000000000000',
    '0.10000000000000001',
    '1.50000000000000000',
    '1e-400',
    '9'.repeat(400),
  ])('gives %s back as it was written', (digits) => {
    for (const text of [`[${digits}]`, `{"a":${digits},"b":[{"c":${digits}}]}`]) {
      expect(JSON.stringify(parseExact(text))).toBe(text);
    }
    const { a } = parseExact(`{ "a" : ${digits} }`) as { a: unknown };
    expect(JSON.isRawJSON(a)).toBe(true);
  });

  it.each(['9007199254740991', '0.30000000000000004', '52.52000659999999', '1e21', '0.1', '-0', '1.7e-300'])(
    'gives %s, which a double keeps, as a number',
    (digits) => {
      expect(parseExact(`[${digits},"${digits} ${LONG[0]}"]`)).toEqual(
        JSON.parse(`[${digits},"${digits} ${LONG[0]}"]`),
      );
    },
  );

  it('leaves strings alone, whatever they hold', () => {
    const text = `{"a: 12345678901234567890":"[12345678901234567890, \\"x\\": 1e400 \\\\","b":12345678901234567890}`;
    expect(JSON.stringify(parseExact(text))).toBe(text);
    const strings = text.replace(/,"b".*/, '}');
    expect(parseExact(strings)).toEqual(JSON.parse(strings));
  });

  it('is JSON.parse for whatever has no long number', () => {
    const texts = fc.json().filter((text) => !/[\d.]{16}|e.?\d{3}/.test(text));
    fc.assert(fc.property(texts, (text) => expect(parseExact(text)).toEqual(JSON.parse(text))));
  });

  it('writes again what it read, whatever stands around the numbers', () => {
    const numbers = fc.constantFrom(...LONG);
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        numbers.map((digits) => JSON.rawJSON(digits)),
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => String(n).length < 16),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    }));
    fc.assert(
      fc.property(value, (given) => {
        const text = JSON.stringify([given]);
        expect(JSON.stringify(parseExact(text))).toBe(text);
      }),
    );
  });

  it('takes the last of a key that stands twice, as JSON.parse does', () => {
    expect(parseExact('{"a":12345678901234567890,"a":7}')).toEqual({ a: 7 });
    expect(JSON.stringify(parseExact('{"a":7,"a":12345678901234567890}'))).toBe('{"a":12345678901234567890}');
  });

  it('keeps a key named __proto__ a key', () => {
    const value = parseExact('{"__proto__":12345678901234567890}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe('{"__proto__":12345678901234567890}');
  });

  it('keeps the digits beside what nests deeper than the stack reaches, and in it', () => {
    const deep = (level: number, inner: string): string => `${'['.repeat(level)}${inner}${']'.repeat(level)}`;
    const text = `{"batch":[{"a":${deep(200_000, LONG[0] ?? '')}},{"b":12345678901234567890}]}`;
    let { batch } = parseExact(text) as { batch: { a?: unknown; b?: unknown }[] };
    expect(JSON.stringify(batch[1])).toBe('{"b":12345678901234567890}');
    let inner = batch[0]?.a;
    while (Array.isArray(inner)) [inner] = inner;
    expect(JSON.stringify(inner)).toBe(LONG[0]);
    batch = [];
  });

  it('reads half a megabyte of the worst numbers and strings in a time that grows with them', () => {
    const many = (piece: string, last: string): string =>
      piece.repeat(Math.floor(500_000 / piece.length)) + last;
    const worst = [
      `[${many('1e400,', '1')}]`,
      `[${many('1234567890123456,', '1e400')}]`,
      `[${many('"1234567890123456",', '1e400')}]`,
      `["${many('\\\\', '')}",1e400]`,
      `["${many(' 1e', '')}",1e400]`,
      `["${many(' 1', '')}",1e400]`,
      `[${many('[],', '1e400')}]`,
      `${many('[', '1e400')}${many(']', '')}`,
    ];
    for (const text of worst) {
      const startedAt = performance.now();
      parseExact(text);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    }
  }, 60_000);

  it.each([
    '{',
    '{"a":12345678901234567890',
    '{"a":012345678901234567890}',
    '1e400e',
    '1.2.3.4.5.6.7.8.9.10',
  ])('throws for %s, which is no JSON', (text) => {
    expect(() => parseExact(text)).toThrow(SyntaxError);
  });
});
