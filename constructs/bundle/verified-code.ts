import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RoleBundle } from './bundle-role.ts';

/**
 * Runs before the role's file, as a module hook. Node asks it for each module that is a file: it reads the file once, compares its SHA-256
 * with the one that was deployed, and hands over those very bytes.
 *
 * Source: https://nodejs.org/docs/latest-v24.x/api/module.html#synchronous-hooks-accepted-by-moduleregisterhooks
 */
const LOADER = [
  "import { hash } from 'node:crypto';",
  "import { readFileSync, writeSync } from 'node:fs';",
  "import { basename } from 'node:path';",
  "import { registerHooks } from 'node:module';",
  "import { fileURLToPath } from 'node:url';",
  'const deployed = new Map(DEPLOYED);',
  'const refuse = (file, why) => {',
  "const message = file + ' ' + why + ': nothing of it was run; find out who wrote to the bucket, then deploy again';",
  "writeSync(2, JSON.stringify({ severity: 'CRITICAL', message }) + '\\n');",
  'process.exit(1);',
  '};',
  'registerHooks({ load(url, context, next) {',
  "if (!url.startsWith('file:')) return next(url, context);",
  'const file = fileURLToPath(url);',
  'const expected = deployed.get(basename(file));',
  "if (expected === undefined) refuse(file, 'is not part of what was deployed');",
  'const source = readFileSync(file);',
  "const found = hash('sha256', source);",
  "if (found !== expected) refuse(file, 'is not what was deployed: its SHA-256 is ' + found + ', deployed was ' + expected);",
  "return { format: context.format || 'module', source, shortCircuit: true };",
  '} });',
].join(' ');

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/**
 * Arguments of Node, before a role's file, that make it run nothing but a bundle as it is now: an altered file ends the process with exit code 1
 * and one line. Every module of the bundle is checked when it is loaded; source maps, which only name places in stack traces, are not.
 *
 * @example ['node', ...NODE_FLAGS.ingest, ...verifiedCode(bundle), `/bundles/${bundle.entry}`]
 */
export const verifiedCode = ({ files }: Pick<RoleBundle, 'files'>): readonly string[] => {
  const deployed = files
    .filter(({ name }) => !name.endsWith('.map'))
    .map(({ name, path }) => [name, sha256(path)]);
  const program = LOADER.replace('DEPLOYED', () => JSON.stringify(deployed));
  // It stands in a URL, and that in Terraform's JSON, where ${ and %{ begin an expression.
  return ['--import', `data:text/javascript,${program.replace(/[$%?#]/g, encodeURIComponent)}`];
};
