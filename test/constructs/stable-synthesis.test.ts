import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const COPIED = ['app', 'constructs', 'stacks', 'cdktf.json', 'package.json', 'tsconfig.json'];
const SYNTH_MS = 60_000;
const folders: string[] = [];

/** A copy of the repository in a folder of its own, with file times of its own. */
const clone = (name: string, time: Date): string => {
  const folder = join(mkdtempSync(join(tmpdir(), 'clone-')), name);
  folders.push(folder);
  mkdirSync(folder);
  for (const part of COPIED) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const file of filesIn(join(folder, 'app'))) utimesSync(file, time, time);
  return folder;
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Everything that a synth writes, by name. */
const synthesizeIn = (folder: string): Readonly<Record<string, string>> => {
  const env = { PATH: process.env['PATH'] };
  execFileSync(process.execPath, ['stacks/main.ts'], { cwd: folder, env, stdio: 'pipe' });
  const out = join(folder, 'cdktf.out');
  return Object.fromEntries(filesIn(out).map((file) => [relative(out, file), readFileSync(file, 'utf8')]));
};

describe('two clones of the repository, made on different days in folders of different names', () => {
  afterAll(() => {
    for (const folder of folders) rmSync(join(folder, '..'), { recursive: true });
  });

  it(
    'synthesize the same files, bundles included',
    () => {
      const [one, other] = [
        synthesizeIn(clone('one', new Date('2026-01-01T00:00:00Z'))),
        synthesizeIn(clone('a-much-longer-name', new Date('2026-06-01T12:34:56Z'))),
      ];
      const bundles = Object.keys(one).filter((name) =>
        /(ingest|track-worker)-[0-9a-f]{16}\.mjs$/.test(name),
      );
      expect(bundles).toHaveLength(2 * 3);
      expect(Object.keys(one).toSorted()).toEqual(Object.keys(other).toSorted());
      expect(Object.keys(one).filter((name) => one[name] !== other[name])).toEqual([]);
      expect(Object.values(one).filter((text) => text.includes(folders[0] ?? '?'))).toEqual([]);
    },
    SYNTH_MS,
  );
});
