import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { weighJson } from '../../app/runtime/weigh-json.ts';

const BYTES = 200_000;
const PARSE = join(import.meta.dirname, '../../app/exact-json/parse-events.ts');

const fill = (each: (index: number) => string): string => {
  const parts: string[] = [];
  for (let bytes = 0, index = 0; bytes < BYTES; index += 1) {
    const part = each(index);
    parts.push(part);
    bytes += part.length + 1;
  }
  return `[${parts.join(',')}]`;
};

/** Texts that become as much as they can. */
const TEXTS: Readonly<Record<string, string>> = {
  zeros: fill(() => '0'),
  fractions: fill(() => '0.1'),
  'empty arrays': fill(() => '[]'),
  'empty objects': fill(() => '{}'),
  'objects of an index': fill(() => '{"99999":0}'),
  'objects of one name each': fill((index) => `{"k${index.toString(36)}":0}`),
  'short texts': fill((index) => `"${index.toString(36)}"`),
  'nested arrays': `${'['.repeat(BYTES / 2)}${']'.repeat(BYTES / 2)}`,
  'one wide object': `{${fill((index) => `"k${index.toString(36)}":{}`).slice(1, -1)}}`,
  'numbers that keep their digits': fill(() => '1234567890123456'),
  'numbers beyond a double': fill(() => '1e400'),
  'a wide text': `["${'a'.repeat(BYTES)}€"]`,
};

/** Bytes of heap that a text takes once it is parsed, in a process of its own: here other things come and go. */
const parsedBytes = (text: string): number => {
  const program = `
    const { parseEvents } = require('${PARSE}');
    const bytes = Buffer.from(require('fs').readFileSync(0));
    // What the code itself needs, for texts of one and of two bytes a character, is no part of what becomes of a text.
    parseEvents('["a", 1234567890123456]'); parseEvents('["€", 1234567890123456]');
    gc(); const before = process.memoryUsage().heapUsed;
    const value = parseEvents(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    gc(); console.log(process.memoryUsage().heapUsed - before, value === undefined);`;
  const { stdout } = spawnSync(process.execPath, ['--expose-gc', '-e', program], { input: text });
  return Number.parseInt(stdout.toString(), 10);
};

describe('weighJson', () => {
  it.each(Object.entries(TEXTS))('never takes %s for less than they become', (_what, text) => {
    expect(weighJson(Buffer.from(text))).toBeGreaterThan(parsedBytes(text));
  });

  it('takes an ordinary event for some kilobytes', () => {
    const event = { type: 'track', userId: 'u1', event: 'Order Completed', properties: { total: 23.45 } };
    expect(weighJson(Buffer.from(JSON.stringify(event)))).toBeLessThan(2_000);
  });
});
