import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';

/** Builds `dist/esm` (everything) and `dist/cjs` (what applications import), both with types. */
const tsc = (project: string): void => {
  execFileSync('node_modules/.bin/tsc', ['-p', project], { stdio: 'inherit' });
};

rmSync('dist', { recursive: true, force: true });
tsc('tools/tsconfig.esm.json');
tsc('tools/tsconfig.cjs.json');
writeFileSync('dist/cjs/package.json', '{"type":"commonjs"}\n');
cpSync('app/local/page', 'dist/esm/local/page', { recursive: true });
