import { describe, expect, it } from '@jest/globals';
import { textTable } from '../../app/cli/text-table.ts';
import { cutToWidth, padToWidth, textWidth } from '../../app/cli/text-width.ts';

const FAMILY = '👨‍👩‍👧';
const FLAG = '🇯🇵';
/** e with an acute accent of its own. */
const ACCENTED = 'e\u0301';

describe('textWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['日本', 4],
    ['한국', 4],
    // The same, letter by letter.
    ['\u1112\u1161\u11ab', 2],
    ['ｱ', 1],
    ['ｶﾞ', 2],
    ['Ａ', 2],
    ['𠀀', 2],
    [ACCENTED, 1],
    ['\u0301', 0],
    ['a\u200bb', 2],
    ['😀', 2],
    [FAMILY, 2],
    ['👍🏽', 2],
    [FLAG, 2],
    ['❤️', 2],
    ['1️⃣', 2],
    ['✂', 1],
    ['नि', 1],
    ['Ωж…', 3],
    ['\ud800', 1],
  ])('is of %j %i cells', (text, cells) => expect(textWidth(text)).toBe(cells));
});

describe('cutToWidth', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    [`${FAMILY}${FAMILY}`, 3, `${FAMILY}…`],
    [`a${ACCENTED}${ACCENTED}`, 2, 'a…'],
    [`a${ACCENTED}`, 2, `a${ACCENTED}`],
    ['😀😀', 2, '…'],
    [`${'a'.repeat(3)}\u0301\u0302`, 3, `${'a'.repeat(3)}\u0301\u0302`],
  ])('cuts %j to %i cells between characters', (text, most, cut) => {
    expect(cutToWidth(text, most)).toBe(cut);
    expect(textWidth(cut)).toBeLessThanOrEqual(most);
    expect(cut.isWellFormed()).toBe(true);
  });
});

describe('a table', () => {
  it('keeps its columns under each other, whatever a cell’s characters are wide', () => {
    const words = ['日本', FAMILY, FLAG, ACCENTED, '❤️', 'plain', 'ｶﾞ'];
    const lines = textTable(
      ['名前', 'n'],
      words.map((word) => [word, 1]),
    );
    expect(new Set(lines.map(textWidth))).toEqual(new Set([8]));
    expect(lines.at(2)).toBe(`日本   1`);
  });

  it('cuts a long value at 60 cells and never in a character', () => {
    for (const word of [FAMILY, '日', FLAG, ACCENTED, '😀', `x${FAMILY}`]) {
      const [, , line = ''] = textTable(['v'], [[word.repeat(100)]]);
      expect(textWidth(line)).toBeLessThanOrEqual(60);
      expect(textWidth(line)).toBeGreaterThan(57);
      const whole = Math.floor((line.length - 1) / word.length);
      expect(line.startsWith(word.repeat(whole))).toBe(true);
      expect(['…', 'x…']).toContain(line.slice(word.length * whole));
    }
  });

  it('takes more rows than a call takes arguments', () => {
    expect(textTable(['n'], Array<number[]>(200_000).fill([1]))).toHaveLength(200_002);
  });

  it('pads on either side', () => {
    expect([padToWidth('日', 4, 'start'), padToWidth('日', 4, 'end')]).toEqual(['  日', '日  ']);
  });
});
