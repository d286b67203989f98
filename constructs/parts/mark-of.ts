import { createHash } from 'node:crypto';

/**
 * Eight hexadecimal digits of a text, for ids and names that must not depend on the text's place in a list.
 *
 * @example markOf('group:shops@acme.example') // 'c0ffee12'
 */
export const markOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
