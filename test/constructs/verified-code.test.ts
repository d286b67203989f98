import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { ROLES, type Role } from '../../app/contract/roles.ts';
import { bundleRole, type RoleBundle } from '../../constructs/bundle/bundle-role.ts';
import { verifiedCode } from '../../constructs/bundle/verified-code.ts';
import { withFragment } from '../../tools/reference/example-props.ts';
import { resourcesIn, synthesizeProps } from '../../tools/reference/synthesize-props.ts';
import { startNode } from '../support/child.ts';
import { newFolder } from './bundle-world.ts';

const PATHS: Readonly<Record<Role, string>> = {
  ingest: 'ingest/service',
  'track-worker': 'track-worker/worker-pool',
  webhooks: 'webhooks/service',
};
/** Nothing listens at the broker's port: a role starts and holds. */
const ENVIRONMENT = {
  KAFKA_BROKERS: '127.0.0.1:1',
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_PORT: '0',
  INGEST_WRITE_KEYS: 'shop=k1',
  CUSTOMERIO_REGION: 'eu',
  CUSTOMERIO_SITE_ID: 'site',
  CUSTOMERIO_TRACK_API_KEY: 'key',
  WEBHOOK_SIGNING_KEY: 'key',
  PUBSUB_PROJECT: 'acme',
};

interface Template {
  readonly containers: readonly [{ readonly command: readonly string[]; readonly args: readonly string[] }];
}

/** The arguments that a container gets, and the folder where its bucket would be mounted. */
const deployed = (
  role: Role,
  bundle: (role: Role) => RoleBundle = bundleRole,
): { readonly args: readonly string[]; readonly folder: string; readonly entry: string } => {
  const resources = resourcesIn(synthesizeProps(withFragment({ runtime: { bundle } })));
  const template = resources.find(({ path }) => path === PATHS[role])?.body['template'] as Template;
  const [{ command, args }] = template.containers;
  expect(command).toEqual(['node']);
  const folder = newFolder();
  const { files, entry } = bundle(role);
  for (const { name, path } of files) copyFileSync(path, join(folder, name));
  return { args: args.map((arg) => arg.replace('/bundles/', `${folder}/`)), folder, entry };
};

/** A bundle of files that stand here. */
const bundleOf = (texts: Readonly<Record<string, string>>): ((role: string) => RoleBundle) => {
  const folder = newFolder();
  const files = Object.entries(texts).map(([name, content]) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return { name, path };
  });
  return (role) => ({ role, hash: '0123456789abcdef', entry: files[0]?.name ?? '', files });
};

const run = (args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
  return { status, stdout, stderr };
};

const refusal = (why: string) => ({
  status: 1,
  stdout: '',
  stderr: expect.stringMatching(
    new RegExp(`^{"severity":"CRITICAL","message":"/.*${why}.*deploy again"}\n$`),
  ),
});

describe('the code of a container', () => {
  it.each(Object.keys(ROLES) as Role[])(
    'starts as it was deployed: %s',
    async (role) => {
      const child = await startNode(deployed(role).args, ENVIRONMENT);
      expect(await child.stop()).toBe(0);
      expect(child.output()).not.toContain('ExperimentalWarning');
    },
    40_000,
  );

  it.each(Object.keys(ROLES) as Role[])('is refused once it was altered in the bucket: %s', (role) => {
    const { args, folder, entry } = deployed(role);
    appendFileSync(join(folder, entry), '\n');
    const altered = run(args);
    expect(altered).toEqual(refusal('is not what was deployed: its SHA-256 is [0-9a-f]{64}'));
    expect(altered.stderr).toContain(join(folder, entry));
  });

  it('is read once: what is run is what was checked', async () => {
    const bundle = bundleOf({ 'once.mjs': 'console.log(import.meta.url)' });
    const folder = newFolder();
    const pipe = join(folder, 'once.mjs');
    spawnSync('mkfifo', [pipe]);
    const child = spawn(process.execPath, [...verifiedCode(bundle('ingest')), pipe]);
    // A second reader would wait for ever.
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
    await writeFile(pipe, 'console.log(import.meta.url)');
    expect(await text(child.stdout)).toBe(`file://${pipe}\n`);
    expect(await exited).toEqual([0, null]);
  }, 30_000);

  it('is what an image of one’s own brings itself', () => {
    const image = `europe-west1-docker.pkg.dev/acme/platform/customerio@sha256:${'0123456789abcdef'.repeat(4)}`;
    const resources = resourcesIn(synthesizeProps(withFragment({ runtime: { image } })));
    const template = resources.find(({ path }) => path === PATHS.ingest)?.body['template'] as Template;
    expect(template.containers[0].args).toEqual(['--max-old-space-size=307', '/bundles/ingest.mjs']);
  });
});

describe('a bundle built in another way', () => {
  const texts = {
    'main.mjs': [
      "import { part } from './part.mjs';",
      "import data from './data.json' with { type: 'json' };",
      "import { createRequire } from 'node:module';",
      'const later = await import("./later.mjs");',
      'const require = createRequire(import.meta.url);',
      'console.log(part, data.x, later.x, require("./old.cjs"), import.meta.main, import.meta.filename === process.argv[1]);',
    ].join('\n'),
    'part.mjs': "export const part = 'a part';",
    'later.mjs': 'export const x = 2;',
    'data.json': '{"x":1}',
    'old.cjs': "module.exports = 'old';",
  };

  it('may be several files that import one another', () => {
    const { args } = deployed('ingest', bundleOf(texts));
    expect(run(args)).toEqual({ status: 0, stdout: 'a part 1 2 old true true\n', stderr: '' });
  });

  it.each(['part.mjs', 'later.mjs', 'data.json', 'old.cjs'])('is refused where %s was altered', (name) => {
    const { args, folder } = deployed('ingest', bundleOf(texts));
    appendFileSync(join(folder, name), ' ');
    expect(run(args)).toEqual(refusal(`${name} is not what was deployed`));
  });

  it('runs no file that somebody laid beside it', () => {
    const { args, folder } = deployed('ingest', bundleOf({ 'main.mjs': "await import('./other.mjs');" }));
    writeFileSync(join(folder, 'other.mjs'), 'console.log("run")');
    expect(run(args)).toEqual(refusal('other.mjs is not part of what was deployed'));
  });

  it('keeps its source map, which is not run and not checked', () => {
    const map = JSON.stringify({ version: 3, sources: ['source.ts'], names: [], mappings: 'AAEA' });
    const bundle = bundleOf({
      'main.mjs': "throw new Error('on purpose');\n//# sourceMappingURL=main.mjs.map\n",
      'main.mjs.map': map,
    });
    const { args, folder } = deployed('ingest', bundle);
    appendFileSync(join(folder, 'main.mjs.map'), ' ');
    const { status, stderr } = run(['--enable-source-maps', ...args]);
    expect(status).toBe(1);
    expect(stderr).toContain('Error: on purpose');
    expect(stderr).toContain('source.ts:3:');
  });

  it('stands in Terraform’s JSON without anything that Terraform or a URL would read', () => {
    const odd = bundleOf({ "it's ${odd}#1?.mjs": "console.log('run')" });
    const [flag, url = ''] = verifiedCode(odd('ingest'));
    expect(flag).toBe('--import');
    expect(url).toMatch(/^data:text\/javascript,([^$%?#\n]|%[0-9A-F]{2})+$/);
    const { args } = deployed('ingest', odd);
    expect(run(args)).toEqual({ status: 0, stdout: 'run\n', stderr: '' });
  });
});
