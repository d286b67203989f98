import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '../../app/contract/roles.ts';
import { BUNDLE_LIMITS, checkSize } from '../../constructs/bundle/bundle-limits.ts';
import { bundleRole } from '../../constructs/bundle/bundle-role.ts';
import { hashFiles } from '../../constructs/bundle/hash-files.ts';
import { packageRoot } from '../../constructs/bundle/package-root.ts';
import { withPointer } from '../../constructs/bundle/role-code.ts';
import {
  bundleBeside,
  bundleElsewhere,
  copyRepository,
  type MadeBundle,
  newFolder,
  ROOT,
  textsOf,
  touch,
} from './bundle-world.ts';

const MAIN = 'app/roles/ingest.main.ts';
const roles = Object.keys(ROLES) as Role[];

describe('a bundle of the same sources', () => {
  const folder = newFolder();
  let here: MadeBundle;
  let there: MadeBundle;
  let far: string;
  let deep: string;

  beforeAll(() => {
    far = copyRepository(join(folder, 'far'));
    deep = copyRepository(join(folder, 'a much', 'deeper folder', 'repository'));
    touch(deep, [MAIN, 'app/roles', 'package.json', 'constructs/bundle/slim/qs.cjs'], new Date('2001-02-03'));
    here = bundleElsewhere(far, 'ingest', far);
    there = bundleElsewhere(deep, 'ingest', folder);
  }, 60_000);

  it('is the same in every byte, whatever the folder, the working folder and the file times', () => {
    expect(there.hash).toBe(here.hash);
    expect(there.files.map(({ name }) => name)).toEqual(here.files.map(({ name }) => name));
    expect(textsOf(there)).toEqual(textsOf(here));
  });

  it('names no folder of the machine, in code or map', () => {
    for (const text of [...textsOf(here), ...textsOf(there)]) {
      for (const place of [folder, far, deep, ROOT]) expect(text.includes(place)).toBe(false);
    }
    const map = JSON.parse(textsOf(here)[1] ?? '') as Record<string, unknown> & { sources: string[] };
    expect(map['sourceRoot']).toBeUndefined();
    expect(map.sources).toContain(MAIN);
    const elsewhere = map.sources.filter(
      (source) => !/^(app|node_modules|constructs\/bundle\/slim)\//.test(source),
    );
    expect(elsewhere).toEqual([]);
  });

  it('has another hash, and so other names, after one changed byte of a source', () => {
    const file = join(far, 'app/contract/limits.ts');
    const before = readFileSync(file, 'utf8');
    const after = before.replace(/\d(?=[,\n])/, (digit) => String((Number(digit) + 1) % 10));
    expect(after).not.toBe(before);
    writeFileSync(file, after);
    const changed = bundleElsewhere(far, 'ingest', far);
    writeFileSync(file, before);
    expect(changed.hash).not.toBe(here.hash);
    expect(changed.entry).toBe(`ingest-${changed.hash}.mjs`);
  }, 30_000);

  it('leads a stack frame to the line of the source', () => {
    const file = join(far, MAIN);
    const before = readFileSync(file, 'utf8');
    const after = before.replace(/^await /m, "throw new Error('on purpose');\nawait ");
    const line = after.split('\n').findIndex((text) => text.startsWith('throw ')) + 1;
    expect(line).toBeGreaterThan(1);
    writeFileSync(file, after);
    const { files } = bundleElsewhere(far, 'ingest', far);
    writeFileSync(file, before);
    const { stderr } = spawnSync(process.execPath, ['--enable-source-maps', files[0]?.path ?? ''], {
      encoding: 'utf8',
      env: {},
      timeout: 20_000,
    });
    expect(stderr).toContain('Error: on purpose');
    expect(stderr).toContain(`${MAIN}:${line}:`);
  }, 60_000);
});

describe('the hash', () => {
  const hash = hashFiles([
    ['a.mjs', 'run();'],
    ['a.mjs.map', '{}'],
  ]);

  it('is 16 hexadecimal characters and the same each time', () => {
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(
      hashFiles([
        ['a.mjs', 'run();'],
        ['a.mjs.map', '{}'],
      ]),
    ).toBe(hash);
  });

  it.each([
    ['a renamed file', ['b.mjs', 'run();'], ['a.mjs.map', '{}']],
    ['a changed byte', ['a.mjs', 'run() '], ['a.mjs.map', '{}']],
    ['a byte that moved from content to name', ['a.mjsr', 'un();'], ['a.mjs.map', '{}']],
    ['a byte that moved to the next file', ['a.mjs', 'run()'], [';a.mjs.map', '{}']],
  ] as const)('differs for %s', (_what, first, second) => {
    expect(hashFiles([first, second])).not.toBe(hash);
  });
});

describe('the bundle of a role', () => {
  it.each(roles)('%s: flat names with the hash, the entry among them, below its limit', (role) => {
    const { hash, entry, files } = bundleRole(role);
    expect(entry).toBe(`${role}-${hash}.mjs`);
    expect(files.map(({ name }) => name)).toEqual([entry, `${entry}.map`]);
    expect(files.map(({ path }) => basename(path))).toEqual(files.map(({ name }) => name));
    const [code = ''] = textsOf({ files });
    expect(Buffer.byteLength(code)).toBeLessThan(BUNDLE_LIMITS[role]);
    expect(code.endsWith(`\n//# sourceMappingURL=${entry}.map\n`)).toBe(true);
  });

  it('is made once in a process', () => {
    expect(bundleRole('ingest')).toBe(bundleRole('ingest'));
  });

  it('may not be too large: the error names role, bytes, limit and the largest parts', () => {
    expect(() => checkSize('ingest', 'x'.repeat(99), 'zod 455 kB', 100)).not.toThrow();
    expect(() => checkSize('ingest', 'x'.repeat(100), 'zod 455 kB', 100)).toThrow(
      /ingest has 100 bytes and must have less than 100 .*largest parts: zod 455 kB/,
    );
  });
});

describe('the files of a bundle', () => {
  it('are whole, and alone, when several processes write them at once', async () => {
    const temporary = newFolder();
    const made = await Promise.all([1, 2, 3].map(() => bundleBeside(ROOT, 'ingest', temporary)));
    expect(new Set(made.map(({ hash }) => hash)).size).toBe(1);
    const [first] = made;
    expect(readdirSync(dirname(first?.files[0]?.path ?? '')).sort()).toEqual(
      first?.files.map(({ name }) => name),
    );
    expect(textsOf({ files: first?.files ?? [] })).toEqual(textsOf(bundleRole('ingest')));
  }, 60_000);

  it('are not written through a link that somebody else laid', async () => {
    const temporary = newFolder();
    symlinkSync(newFolder(), join(temporary, `customerio-platform-bundles-${userInfo().uid}`));
    await expect(bundleBeside(ROOT, 'ingest', temporary)).rejects.toThrow(/must be a folder of your own/);
  }, 30_000);
});

describe('where the code comes from', () => {
  it('the package is known by its name from any depth', () => {
    expect(packageRoot()).toBe(ROOT);
    expect(packageRoot(join(ROOT, 'test/constructs'))).toBe(ROOT);
    expect(() => packageRoot(newFolder())).toThrow(/no package customerio-platform above/);
  });

  it('installed, the prebuilt files are taken: no esbuild, the same hash', () => {
    const folder = newFolder();
    const built = bundleRole('ingest');
    const [code = '', map = ''] = textsOf(built);
    mkdirSync(join(folder, 'dist/bundles'), { recursive: true });
    const unnamed = code.slice(0, code.lastIndexOf('//# sourceMappingURL='));
    writeFileSync(join(folder, 'dist/bundles/ingest.mjs'), withPointer(unnamed, 'ingest.mjs.map'));
    writeFileSync(join(folder, 'dist/bundles/ingest.mjs.map'), map);
    const installed = bundleRole('ingest', folder);
    expect(installed).toEqual(built);
    expect(textsOf(installed)).toEqual([code, map]);
  });

  it('without sources and prebuilt files the error names the role and both places', () => {
    const folder = newFolder();
    expect(() => bundleRole('track-worker', folder)).toThrow(
      /no code for role track-worker: neither app\/roles\/track-worker\.main\.ts nor dist\/bundles\/track-worker\.mjs .*npm run build/,
    );
  });

  const sourcesOf = (text: string): string => {
    const folder = newFolder();
    mkdirSync(join(folder, dirname(MAIN)), { recursive: true });
    writeFileSync(join(folder, MAIN), text);
    writeFileSync(join(folder, 'package.json'), '{}');
    return folder;
  };

  it('a fault in the sources is told in the words of esbuild, with file and line', () => {
    const folder = sourcesOf("\nimport './nowhere.ts';\n");
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    cpSync(join(ROOT, 'constructs/bundle/slim'), join(folder, 'constructs/bundle/slim'), { recursive: true });
    expect(() => bundleRole('ingest', folder)).toThrow(
      /cannot bundle ingest: app\/roles\/ingest\.main\.ts:2: Could not resolve "\.\/nowhere\.ts"/,
    );
  });

  it('sources without esbuild are told to be installed', () => {
    expect(() => bundleRole('ingest', sourcesOf(''))).toThrow(/esbuild cannot be loaded in .*npm ci/);
  });
});
