import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { packageVersion } from '../../app/cli/package-version.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'package-'));
  writeFileSync(join(root, 'package.json'), '{"name":"customerio-platform","version":"7.8.9"}');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('packageVersion', () => {
  it.each(['app/cli', 'dist/esm/cli', 'dist/cjs/cli'])('is found from %s', (folder) => {
    mkdirSync(join(root, folder), { recursive: true });
    mkdirSync(join(root, 'dist/cjs'), { recursive: true });
    writeFileSync(join(root, 'dist/cjs/package.json'), '{"type":"commonjs"}');
    expect(packageVersion(join(root, folder))).toBe('7.8.9');
  });

  it('is not taken from another package', () => {
    writeFileSync(join(root, 'package.json'), '{"name":"other","version":"1.0.0"}');
    expect(() => packageVersion(root)).toThrow('no package.json of customerio-platform');
  });
});
