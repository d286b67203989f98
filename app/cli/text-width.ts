const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Only marks, joiners, selectors and what else has no shape of its own. */
const SHAPELESS = /^[\p{Mn}\p{Me}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;
/** An emoji by itself, by a selector, or made of several. */
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{RGI_Emoji}$|.\ufe0f)/v;
/** East Asian Wide and Fullwidth, without emoji. Source: Unicode 17, EastAsianWidth.txt. */
const WIDE =
  /^[\u1100-\u115f\u2329\u232a\u2630-\u2637\u268a-\u268f\u2e80-\u303e\u3041-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2fb}\u{1d300}-\u{1d376}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
/** Sound marks of half a cell's width, which the segmenter takes for marks without width. */
const HALFWIDTH_MARKS = /[\uff9e\uff9f]/g;

const graphemesOf = function* (text: string): Generator<string> {
  for (const { segment } of SEGMENTER.segment(text)) yield segment;
};

const widthOfGrapheme = (grapheme: string): number => {
  if (SHAPELESS.test(grapheme)) return 0;
  const marks = grapheme.length > 1 ? (grapheme.slice(1).match(HALFWIDTH_MARKS)?.length ?? 0) : 0;
  return (EMOJI.test(grapheme) || WIDE.test(grapheme) ? 2 : 1) + marks;
};

/** Printable ASCII needs no looking at. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * How many cells of a terminal a text takes: two for a wide East Asian character or an emoji, none for a combining mark.
 *
 * @param text without control characters
 * @example textWidth('日本') // 4
 */
export const textWidth = (text: string): number => {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(text)) width += widthOfGrapheme(grapheme);
  return width;
};

/**
 * A text of at most so many cells, cut between characters as a reader sees them; `…` stands for what was cut.
 *
 * @param most cells, at least 1
 * @example cutToWidth('日本語', 5) // '日本…'
 */
export const cutToWidth = (text: string, most: number): string => {
  if (text.length <= most && PLAIN.test(text)) return text;
  let width = 0;
  let end = 0;
  let kept = 0;
  for (const grapheme of graphemesOf(text)) {
    width += widthOfGrapheme(grapheme);
    if (width > most) return `${text.slice(0, kept)}…`;
    end += grapheme.length;
    if (width < most) kept = end;
  }
  return text;
};

/** A text filled up with spaces to so many cells. */
export const padToWidth = (text: string, width: number, side: 'start' | 'end'): string => {
  const fill = ' '.repeat(Math.max(0, width - textWidth(text)));
  return side === 'start' ? `${fill}${text}` : `${text}${fill}`;
};
