import type { Setting, WriteKey } from '../../contract/env.ts';

/** What a text was read as, or the rule it breaks. */
export type Parsed = { readonly value: unknown } | { readonly rule: string };

const wholeNumber = (text: string, from: number, to: number): Parsed => {
  const value = Number(text);
  const fits = /^\d+$/.test(text) && value >= from && value <= to;
  return fits ? { value } : { rule: `must be a whole number from ${from} to ${to}` };
};

const url = (text: string): Parsed => {
  const parsed = URL.parse(text);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return { rule: 'must be an http or https address, such as http://host:port/api/v1' };
  }
  return { value: text.replace(/\/+$/, '') };
};

const list = (text: string): Parsed => {
  const value = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return value.length > 0 ? { value } : { rule: 'must name at least one, comma separated' };
};

const writeKeyLine = (line: string): WriteKey | undefined => {
  const match = /^([a-zA-Z0-9][a-zA-Z0-9._-]{0,63})=([^\s:]+)$/.exec(line);
  return match?.[1] && match[2] ? { source: match[1], key: match[2] } : undefined;
};

const writeKeys = (text: string): Parsed => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const value = lines.map(writeKeyLine);
  if (value.length === 0 || value.includes(undefined)) {
    return {
      rule: 'must have one `source=key` a line; a source is letters, digits, dot, dash and underscore, a key has no colon',
    };
  }
  const distinct = new Set(value.map((entry) => entry?.key)).size === value.length;
  return distinct ? { value } : { rule: 'must not give one key to two sources' };
};

const MAX_COUNT = 1_000_000;

/**
 * Reads one setting's text as its kind.
 *
 * @example parseSetting({ kind: 'port', … }, '8080') // { value: 8080 }
 */
export const parseSetting = (setting: Setting, text: string): Parsed => {
  const { kind } = setting;
  if (kind === 'port') return wholeNumber(text, 0, 65_535);
  if (kind === 'count') return wholeNumber(text, 1, MAX_COUNT);
  if (kind === 'url') return url(text);
  if (kind === 'list') return list(text);
  if (kind === 'write-keys') return writeKeys(text);
  if (kind === 'text') return { value: text };
  if (kind === 'boolean') {
    return text === 'true' || text === 'false'
      ? { value: text === 'true' }
      : { rule: 'must be true or false' };
  }
  return kind.includes(text) ? { value: text } : { rule: `must be one of ${kind.join(', ')}` };
};
