const utf8 = new TextDecoder();
const CONTINUATION = 0x80;

/**
 * The beginning of a text that takes at most so many bytes of UTF-8, cut between two characters.
 *
 * @example cutToBytes('a😀', 3) // 'a'
 */
export const cutToBytes = (text: string, most: number): string => {
  // No character takes less than a byte: what is beyond need not be encoded.
  const bytes = new TextEncoder().encode(text.slice(0, most + 1));
  if (bytes.length <= most) return text.length > most ? text.slice(0, most) : text;
  let end = most;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === CONTINUATION) end -= 1;
  return utf8.decode(bytes.subarray(0, end));
};
