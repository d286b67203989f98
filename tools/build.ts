import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { ROLES, type Role } from '../app/contract/roles.ts';
import { buildRole } from '../constructs/bundle/build-role.ts';
import { checkSize } from '../constructs/bundle/bundle-limits.ts';
import { writePrebuilt } from '../constructs/bundle/prebuilt-role.ts';

const ROOT = resolve(import.meta.dirname, '..');

const tsc = (project: string): void => {
  execFileSync('node_modules/.bin/tsc', ['-p', `tools/${project}`], { stdio: 'inherit' });
};

/** Every role as one file with its map, for the containers and for whoever installs the package without esbuild. */
const buildBundles = (): void => {
  for (const role of Object.keys(ROLES) as Role[]) {
    const code = buildRole(ROOT, role);
    checkSize(role, code.code, code.largest);
    writePrebuilt(ROOT, role, code);
  }
};

/** `dist/esm`: everything, with types; laid out as the sources are. */
const buildEsm = (): void => {
  tsc('tsconfig.esm.json');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  // The command reads its version two folders up, as in the repository.
  writeFileSync('dist/esm/package.json', `${JSON.stringify({ type: 'module', version })}\n`);
  cpSync('app/local/page', 'dist/esm/app/local/page', { recursive: true });
  const views = 'app/contract/warehouse-views';
  cpSync(views, `dist/esm/${views}`, { recursive: true, filter: (file) => !file.endsWith('.ts') });
};

/** `dist/cjs`: what others import, for `require`. */
const buildCjs = (): void => {
  tsc('tsconfig.cjs.json');
  tsc('tsconfig.cjs-constructs.json');
  // The compiler refuses import.meta in CommonJS; esbuild has a word for it.
  buildSync({
    entryPoints: ['constructs/index.ts'],
    outfile: 'dist/cjs/constructs/index.js',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    define: { 'import.meta.dirname': '__dirname' },
  });
  writeFileSync('dist/cjs/package.json', '{"type":"commonjs"}\n');
};

process.chdir(ROOT);
rmSync('dist', { recursive: true, force: true });
buildBundles();
buildEsm();
buildCjs();
