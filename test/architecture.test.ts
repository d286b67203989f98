import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');

/** Where a folder may import from: folders of the repository, packages, or `node:` for Node's own modules. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'app/contract': ['node:crypto'],
  'app/contract/schemas': ['app/contract', 'zod'],
  'app/exact-json': ['node:crypto'],
  'app/runtime': ['app/contract', 'node:', 'pino', 'prom-client', 'express'],
  'app/kafka': ['app/contract', 'node:', 'kafkajs'],
  'app/customerio': ['app/contract', 'node:', 'customerio-node', 'undici'],
  'app/ingest': [
    'app/contract',
    'app/contract/schemas',
    'app/exact-json',
    'app/runtime',
    'app/kafka/port.ts',
    'node:',
    'express',
    'zod',
  ],
  'app/delivery': [
    'app/contract',
    'app/contract/schemas',
    'app/exact-json',
    'app/runtime',
    'app/kafka/port.ts',
    'app/customerio/port.ts',
    'app/delivery/engine',
  ],
  'app/delivery/engine': ['node:crypto'],
  'app/index.ts': ['app/'],
  'app/roles': ['app/', 'node:', 'express'],
  'app/local': ['app/', 'node:', 'express'],
  'app/local/fake-customerio': ['app/exact-json', 'node:', 'express'],
  'app/cli': ['app/', 'node:', 'commander'],
  'app/google-auth': ['node:', 'google-auth-library'],
  'app/secret-manager': ['app/google-auth'],
  'app/pubsub': ['app/contract', '@google-cloud/pubsub', '@google-cloud/pubsub/', '@grpc/grpc-js'],
  'app/webhooks': ['app/contract', 'app/runtime', 'app/pubsub/port.ts', 'node:', 'express'],
  'app/contract/warehouse-views': [],
  'app/postgres': ['node:', '@electric-sql/pglite'],
  'app/bigquery': ['app/contract', 'app/google-auth', 'app/secret-manager', 'node:crypto'],
  'app/reconcile': [
    'app/contract',
    'app/runtime',
    'app/customerio/app-port.ts',
    'app/bigquery/port.ts',
    'app/pubsub/port.ts',
    'node:',
    'express',
  ],
  'app/trace': [
    'app/contract',
    'app/exact-json',
    'app/runtime',
    'app/kafka/port.ts',
    'app/bigquery/port.ts',
    'node:',
    'express',
  ],
  'app/warehouse': [
    'app/contract',
    'app/contract/warehouse-views',
    'app/runtime',
    'app/postgres/port.ts',
    'app/pubsub/port.ts',
    'node:',
    'express',
  ],
  constructs: [
    'app/contract',
    'app/contract/warehouse-views',
    'constructs/bundle',
    'node:',
    'cdktf',
    '@cdktf/provider-google/lib/',
  ],
  'constructs/bundle': ['app/contract', 'node:', 'esbuild'],
  stacks: ['constructs/index.ts', 'node:', 'cdktf', '@cdktf/provider-google/lib/'],
};

const filesBelow = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));

const importsOf = (file: string): string[] => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:^|[;\s])(?:from|import)\s*\(?\s*'([^']+)'/gm);
  return [...found].map(([, name = '']) =>
    name.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), name)) : name,
  );
};

/** The rule of a file: that of the deepest folder in the table that holds it. */
const folderOf = (file: string): string | undefined =>
  Object.keys(ALLOWED)
    .filter((folder) => file === folder || file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];

const isAllowed = (folder: string, imported: string): boolean => {
  if (folderOf(imported) === folder) return true;
  return (ALLOWED[folder] ?? []).some((allowed) => {
    if (allowed === 'node:') return imported.startsWith('node:');
    if (allowed.endsWith('/')) return imported.startsWith(allowed);
    // A folder allows its own files, not those of a folder below it that has a rule of its own.
    return imported === allowed || imported.startsWith(`${allowed}/src/`) || folderOf(imported) === allowed;
  });
};

describe('import directions', () => {
  const files = ['app', 'constructs', 'stacks'].flatMap(filesBelow);

  it('cover every file', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(files.filter((file) => folderOf(file) === undefined)).toEqual([]);
  });

  it('are kept by every import', () => {
    const breaches = files.flatMap((file) => {
      const folder = folderOf(file) ?? '';
      return importsOf(file)
        .filter((imported) => !isAllowed(folder, imported))
        .map((imported) => `${file} imports ${imported}`);
    });
    expect(breaches).toEqual([]);
  });

  it.each([
    ['app/delivery', 'app/ingest/openapi.ts'],
    ['app/ingest', 'app/kafka/kafkajs-bus.ts'],
    ['app/ingest', 'kafkajs'],
    ['app/trace', 'app/delivery/read-item.ts'],
    ['app/contract', 'zod'],
    ['app/contract', 'app/contract/schemas/events.ts'],
    ['app/delivery/engine', 'app/contract/limits.ts'],
    ['app/local/fake-customerio', 'customerio-node'],
    ['constructs', 'app/runtime/config/parse-config.ts'],
    ['constructs', 'app/contract/schemas/events.ts'],
    ['constructs', '@cdktf/provider-google'],
    ['constructs/bundle', 'cdktf'],
    ['stacks', 'app/contract/roles.ts'],
  ])('would catch %s importing %s', (folder, imported) => {
    expect(isAllowed(folder, imported)).toBe(false);
  });

  it('leave the terminal to one file of the command line', () => {
    const writers = files.filter(
      (file) =>
        file.startsWith('app/cli/') &&
        /\bconsole\b|\bstdout\b|\bstderr\b/.test(
          readFileSync(join(ROOT, file), 'utf8').replace(/\/\*\*.*?\*\//gs, ''),
        ),
    );
    // The other reads what Terraform, a process of its own, wrote.
    expect(writers.toSorted()).toEqual(['app/cli/deployed-webhooks-url.ts', 'app/cli/terminal.ts']);
  });

  it('leave process.env to the configuration', () => {
    const readers = files.filter((file) =>
      /(?<!')\bprocess\.env\b|\{ env \} = process/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(
      readers.filter((file) => !file.startsWith('app/runtime/config/') && file !== 'stacks/environments.ts'),
    ).toEqual([]);
  });
});
