import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Agent } from 'undici';
import { ROOT } from './bundle-world.ts';

const SLIM = join(ROOT, 'constructs/bundle/slim');
const require = createRequire(import.meta.url);

interface Iconv {
  encodingExists(encoding: string): boolean;
  decode(bytes: Uint8Array, encoding: string): string;
  getDecoder(encoding: string): { write(bytes: Uint8Array): string; end(): string | undefined };
}

describe('what stands for iconv-lite', () => {
  const slim = require(join(SLIM, 'iconv-lite.cjs')) as Iconv;
  const full = createRequire(require.resolve('express'))('iconv-lite') as Iconv;

  it.each(['utf-8', 'utf-16le', 'windows-1252', 'shift_jis', 'gb18030'])('decodes %s as it does', (name) => {
    const bytes = Buffer.from([0x41, 0x42, 0x20, 0x43, 0x7a, 0x0a]);
    expect(slim.encodingExists(name)).toBe(true);
    expect(slim.decode(bytes, name)).toBe(full.decode(bytes, name));
  });

  it('decodes a character that is torn between two reads', () => {
    const bytes = Buffer.from('a€b');
    const decoder = slim.getDecoder('utf-8');
    expect(decoder.write(bytes.subarray(0, 2)) + decoder.write(bytes.subarray(2)) + decoder.end()).toBe(
      'a€b',
    );
  });

  it('refuses an unknown encoding in the words that express knows', () => {
    expect(slim.encodingExists('no-such')).toBe(false);
    expect(() => slim.getDecoder('no-such')).toThrow(/^Encoding not recognized: /);
    expect(() => full.getDecoder('no-such')).toThrow(/^Encoding not recognized: /);
  });
});

describe('what stands for undici', () => {
  it('is a dispatcher of Node’s own fetch', async () => {
    const slim = (await import(join(SLIM, 'undici.mjs'))) as { Agent: typeof Agent };
    const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const dispatcher = new slim.Agent({ connections: 1 }).compose((dispatch) => dispatch);
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`, { dispatcher } as object);
    expect(await answer.text()).toBe('hello');
    await dispatcher.close();
    server.close();
  });
});
