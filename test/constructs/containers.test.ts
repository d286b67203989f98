import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENV } from '../../app/contract/env.ts';
import { NODE_FLAGS, nodeFlags } from '../../app/contract/node-flags.ts';
import { ROLES, type Role } from '../../app/contract/roles.ts';
import type { Setting } from '../../app/contract/setting.ts';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';
import { VARIANTS } from './variants.ts';

interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volume_mounts?: readonly { readonly name: string; readonly mount_path: string }[];
  readonly resources: { readonly limits: { readonly memory: string } };
  readonly startup_probe?: { readonly http_get: { readonly path: string } };
  readonly liveness_probe?: object;
}
interface Template {
  readonly containers: readonly [Container];
  readonly volumes?: readonly { readonly name: string; readonly gcs?: { readonly read_only: boolean } }[];
  readonly vpc_access?: object;
  readonly service_account: string;
  readonly execution_environment?: string;
}

const WORKLOADS: Readonly<Record<Role, string>> = {
  ingest: 'ingest/service',
  'track-worker': 'track-worker/worker-pool',
  webhooks: 'webhooks/service',
};
const FLAGS: Readonly<Record<Role, readonly string[]>> = {
  ingest: [],
  'track-worker': [],
  webhooks: ['--max-semi-space-size=4'],
};
const VALUES: Readonly<Record<string, string>> = { 'ingest-write-keys': 'shop=k1' };

const templateOf = (resources: readonly SynthesizedResource[], role: Role): Template => {
  const found = resources.find(({ path }) => path === WORKLOADS[role]);
  if (found === undefined) throw new Error(`no container of the role ${role}`);
  return found.body['template'] as Template;
};

describe.each(Object.entries(VARIANTS))('the containers of %s', (_name, props) => {
  const resources = resourcesIn(synthesizeProps(props));
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The container's environment with its mounted files put where they can be read here. */
  const environmentOf = ({ env, volume_mounts = [] }: Container): Record<string, string> =>
    Object.fromEntries(
      env.map(({ name, value }) => {
        const setting =
          name.endsWith('_FILE') && (ENV as Record<string, Setting>)[name.slice(0, -'_FILE'.length)];
        if (!setting) return [name, value];
        expect(volume_mounts.map(({ mount_path }) => `${mount_path}/value`)).toContain(value);
        const file = join(folder, name);
        writeFileSync(file, VALUES[setting.secret ?? ''] ?? 'a-value');
        return [name, file];
      }),
    );

  it.each(Object.keys(ROLES) as Role[])('give %s an environment that its own parser accepts', (role) => {
    const [container] = templateOf(resources, role).containers;
    const environment = environmentOf(container);
    const known = Object.entries(ENV as Record<string, Setting>)
      .filter(([, { scopes }]) => scopes.includes(role))
      .map(([name, { secret }]) => (secret === undefined ? name : `${name}_FILE`));
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    const cloudRun = { K_SERVICE: role, K_REVISION: `${role}-1`, K_CONFIGURATION: role };
    expect(parseConfig(role, { ...environment, ...cloudRun })).toMatchObject({
      logLevel: props.logLevel ?? 'info',
    });
  });

  it.each(Object.keys(ROLES) as Role[])(
    'mount for %s what they name, the code read-only, and no secret twice',
    (role) => {
      const { containers, volumes = [] } = templateOf(resources, role);
      const mounts = (containers[0].volume_mounts ?? []).map(({ name }) => name);
      expect(mounts.toSorted()).toEqual(volumes.map(({ name }) => name).toSorted());
      expect(new Set(mounts).size).toBe(mounts.length);
      for (const { gcs } of volumes) expect(gcs?.read_only ?? true).toBe(true);
      expect(Number.parseInt(containers[0].resources.limits.memory, 10)).toBeGreaterThanOrEqual(512);
    },
  );

  it.each(Object.keys(ROLES) as Role[])('start %s by Node, its flags before its file', (role) => {
    const { command, args, resources: size } = templateOf(resources, role).containers[0];
    const memoryMib = Number.parseInt(size.limits.memory, 10);
    const file = expect.stringMatching(new RegExp(`^/bundles/${role}(-[0-9a-f]{16})?\\.mjs$`));
    expect(command).toEqual(['node']);
    // An image holds its code itself; a bundle is checked before it runs.
    const checked =
      props.runtime?.image === undefined
        ? ['--import', expect.stringMatching(new RegExp(`"${role}-[0-9a-f]{16}\\.mjs","[0-9a-f]{64}"`))]
        : [];
    const heap = `--max-old-space-size=${Math.floor(memoryMib * 0.6)}`;
    expect(args).toEqual([...FLAGS[role], heap, ...checked, file]);
  });

  it('try Kafka at the start of a service exactly where it is reached through a network', () => {
    const { containers, vpc_access, execution_environment } = templateOf(resources, 'ingest');
    expect(containers[0].startup_probe?.http_get.path).toBe(
      vpc_access === undefined ? '/healthz' : '/startupz',
    );
    expect(containers[0].liveness_probe).toBeDefined();
    expect(execution_environment).toBe('EXECUTION_ENVIRONMENT_GEN2');
  });
});

describe('the flags of Node', () => {
  it.each(Object.keys(ROLES) as Role[])('are flags that it knows: %s', (role) => {
    const { status, stderr } = spawnSync(process.execPath, [...nodeFlags(role, 512), '--eval', '0']);
    expect([status, stderr.toString()]).toEqual([0, '']);
  });

  it('hold the young generation of the webhooks below that of a container with 1 GiB', () => {
    const program = 'process.stdout.write(String(require("node:v8").getHeapStatistics().heap_size_limit))';
    const limitWith = (flags: readonly string[]): number =>
      Number(spawnSync(process.execPath, [...flags, '--eval', program]).stdout.toString());
    expect(limitWith(NODE_FLAGS.webhooks)).toBeLessThan(limitWith(['--max-semi-space-size=16']));
  });
});
