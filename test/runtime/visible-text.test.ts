import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { visibleJson, visibleText } from '../../app/runtime/visible-text.ts';

/** By their numbers, not by the classes that the code asks for. */
const ACTED_ON = [
  ...Array.from({ length: 0x20 }, (_none, code) => code),
  ...Array.from({ length: 0x21 }, (_none, code) => 0x7f + code),
  ...[0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
].map((code) => String.fromCharCode(code));

const plain = fc.stringMatching(/^[ -~ü名😀\u00a0]*$/u);
const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom(...ACTED_ON), fc.string({ unit: 'binary', maxLength: 1 })),
});
const holdsOne = (text: string): boolean => ACTED_ON.some((character) => text.includes(character));

describe('visibleText', () => {
  it.each([
    ['\u001b[2J', '\\x1b[2J'],
    ['\u0000\u007f\u009b31m', '\\x00\\x7f\\x9b31m'],
    ['one\r\n\ttwo', 'one\\r\\n\\ttwo'],
    ['a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['a\u2028b\u2029c\u0085', 'a\\u2028b\\u2029c\\x85'],
    ['grüße 名前 👩‍🚀 C:\\x1b', 'grüße 名前 👩‍🚀 C:\\x1b'],
  ])('shows %j as %s', (text, expected) => {
    expect(visibleText(text)).toBe(expected);
  });

  it('leaves nothing that a terminal acts on, and leaves everything else alone', () => {
    fc.assert(fc.property(anyText, (text) => !holdsOne(visibleText(text))));
    fc.assert(fc.property(plain, (text) => visibleText(text) === text));
  });
});

describe('visibleJson', () => {
  it('leaves nothing that a terminal acts on, and is read as before', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, fc.array(anyText)), fc.constantFrom(0, 2), (value, indent) => {
        const json = visibleJson(JSON.stringify(value, null, indent));
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(holdsOne(json.replaceAll('\n', ''))).toBe(false);
      }),
    );
  });
});
