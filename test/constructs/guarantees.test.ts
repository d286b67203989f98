import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PROJECT_ROLES } from '../../constructs/parts/grant.ts';
import { markOf } from '../../constructs/parts/mark-of.ts';
import { withFragment } from '../../tools/reference/example-props.ts';
import { grantsIn } from '../../tools/reference/grants-table.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';
import { schemaFaults } from '../support/provider-schema.ts';
import { VARIANTS } from './variants.ts';

interface Schema {
  readonly resources: Readonly<Record<string, { readonly attributes: Readonly<Record<string, unknown>> }>>;
}

const SCHEMA = JSON.parse(
  readFileSync(`${import.meta.dirname}/../fixtures/google-provider-6.50.0-schema.json`, 'utf8'),
) as Schema;
const WORKLOADS = ['google_cloud_run_v2_service', 'google_cloud_run_v2_worker_pool'];
const STATEFUL = [
  'google_managed_kafka_cluster',
  'google_managed_kafka_topic',
  'google_kms_crypto_key',
  'google_kms_key_ring',
  'google_secret_manager_secret',
  ...WORKLOADS,
];

const takes = ({ type }: SynthesizedResource, attribute: string): boolean =>
  attribute in (SCHEMA.resources[type]?.attributes ?? {});

/** The addresses that a body names, by reference or in depends_on. */
const namesIn = (body: unknown): readonly string[] =>
  [...JSON.stringify(body).matchAll(/(google_\w+\.[\w-]+)/g)].map(([, address = '']) => address);

/** Everything that is made before a resource. */
const madeBefore = (
  resource: SynthesizedResource,
  all: readonly SynthesizedResource[],
): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = ({ body }: SynthesizedResource): void => {
    for (const other of all.filter(({ address }) => namesIn(body).some((name) => name === address))) {
      if (found.has(other.address)) continue;
      found.add(other.address);
      visit(other);
    }
  };
  visit(resource);
  return found;
};

/** The settings of a container. */
const envIn = (body: SynthesizedResource['body']): unknown =>
  (body['template'] as { containers: readonly { env: unknown }[] }).containers[0]?.env;

const lifecycleOf = ({
  body,
}: SynthesizedResource): { prevent_destroy?: boolean; create_before_destroy?: boolean } =>
  (body['lifecycle'] as object | undefined) ?? {};

describe.each(Object.entries(VARIANTS))('%s', (_name, props) => {
  const json = synthesizeProps(props);
  const resources = resourcesIn(json);
  const workloads = resources.filter(({ type }) => WORKLOADS.includes(type));
  const ofType = (type: string): readonly SynthesizedResource[] =>
    resources.filter((one) => one.type === type);

  it('keeps to the provider’s schema', () => {
    expect(schemaFaults(json)).toEqual([]);
  });

  it('labels everything that takes labels', () => {
    const bare = resources.filter((one) => takes(one, 'labels') && one.body['labels'] === undefined);
    expect(bare.map(({ address }) => address)).toEqual([]);
    for (const { body } of workloads) {
      expect(body['labels']).toMatchObject({
        environment: props.environment,
        'managed-by': 'customerio-platform',
      });
    }
  });

  it('says explicitly whether what can be protected is', () => {
    const protectable = resources.filter((one) => takes(one, 'deletion_protection'));
    expect(protectable.length).toBeGreaterThan(3);
    const isProtected = props.deletionProtection ?? props.environment !== 'dev';
    // A view holds nothing.
    const holding = protectable.filter(({ body }) => body['view'] === undefined);
    expect(new Set(holding.map(({ body }) => body['deletion_protection']))).toEqual(new Set([isProtected]));
  });

  it('keeps from destruction what serves and holds data where it is protected, already in the plan', () => {
    const stateful = resources.filter(({ type }) => STATEFUL.includes(type));
    const kept = stateful.map((one) => lifecycleOf(one).prevent_destroy ?? false);
    expect(new Set(kept)).toEqual(new Set([props.deletionProtection ?? props.environment !== 'dev']));
  });

  it('grants additively, on the narrowest resource, each with a reason', () => {
    expect(resources.filter(({ type }) => /_iam_(binding|policy)$/.test(type))).toEqual([]);
    const grants = grantsIn(resources);
    expect(grants.filter(({ why }) => why === '')).toEqual([]);
    expect(grants.filter(({ role }) => /roles\/(owner|editor|viewer)`/.test(role))).toEqual([]);
    const onProject = ofType('google_project_iam_member').map(({ body }) => body['role']);
    expect(onProject.filter((role) => !(String(role) in PROJECT_ROLES))).toEqual([]);
  });

  it('updates the worker before the ingest, whose newer records an older worker misreads', () => {
    const [worker] = ofType('google_cloud_run_v2_worker_pool');
    const ingest = resources.find(({ path }) => path === 'ingest/service');
    expect(ingest?.body['depends_on']).toContain(worker?.address);
  });

  it('makes everything that a workload mounts, reads or connects to before the workload', () => {
    const all = resources.map(({ address }) => address);
    const needed = all.filter((address) =>
      /google_(secret_manager_secret_version|storage_bucket_object|managed_kafka_topic|managed_kafka_acl|service_account|compute_router_nat)\./.test(
        address,
      ),
    );
    const made = workloads.flatMap((workload) => [...madeBefore(workload, resources)]);
    expect(needed.filter((address) => !made.includes(address))).toEqual([]);
    for (const workload of workloads) {
      const email = String((workload.body['template'] as { service_account: string }).service_account);
      const account = email.replace(/^\$\{|\.email\}$/g, '');
      const grants = resources.filter(
        ({ type, body }) =>
          /^google_(secret_manager_secret|storage_bucket|project)_iam_member$/.test(type) &&
          String(body['member']).includes(account),
      );
      expect(grants.length).toBeGreaterThan(0);
      const first = madeBefore(workload, resources);
      expect(grants.filter(({ address }) => !first.has(address)).map(({ address }) => address)).toEqual([]);
    }
  });

  it('starts every secret with the public placeholder and has no other value anywhere', () => {
    const versions = ofType('google_secret_manager_secret_version');
    const placeholders = versions.filter(({ body }) => body['secret_data_wo'] === 'unset');
    expect(placeholders).toHaveLength(ofType('google_secret_manager_secret').length);
    for (const { body } of placeholders)
      expect(body).toMatchObject({ secret_data_wo_version: 1, deletion_policy: 'ABANDON' });
    // What `secrets set --disable-older` disabled, the next apply must not enable again.
    for (const { body } of versions)
      expect(body).toMatchObject({ lifecycle: { ignore_changes: ['enabled'] } });
    for (const { body } of versions.filter((one) => !placeholders.includes(one))) {
      expect(body['secret_data_wo']).toMatch(/^\$\{var\.\w+\}$/);
      expect(body).toMatchObject({ deletion_policy: 'DISABLE', lifecycle: { create_before_destroy: true } });
    }
    const variables = Object.values((json['variable'] ?? {}) as Record<string, Record<string, unknown>>);
    expect(variables).toHaveLength(versions.length - placeholders.length);
    for (const variable of variables) {
      expect(variable).toMatchObject({ ephemeral: true, sensitive: true, nullable: false });
      expect(variable).not.toHaveProperty('default');
    }
    expect(resources.filter(({ body }) => 'secret_data' in body)).toEqual([]);
  });

  it('never lets Terraform delete a bundle', () => {
    for (const bundle of ofType('google_storage_bucket_object')) {
      expect(bundle.body['deletion_policy']).toBe('ABANDON');
      expect(lifecycleOf(bundle).create_before_destroy).toBe(true);
      expect(bundle.body['name']).toMatch(/^[a-z-]+-[0-9a-f]{16}\.mjs(\.map)?$/);
    }
    for (const { body } of ofType('google_storage_bucket')) {
      expect(body).not.toHaveProperty('lifecycle_rule');
      expect(body['force_destroy']).toBe(props.environment !== 'prod');
    }
  });

  it('leaves to others what others write', () => {
    for (const { body } of workloads) {
      const { ignore_changes } = body['lifecycle'] as { ignore_changes: readonly string[] };
      expect(ignore_changes).toEqual(expect.arrayContaining(['client', 'client_version']));
    }
  });
});

describe('how events are read', () => {
  const ingestOf = (fragment: Parameters<typeof withFragment>[0]): SynthesizedResource['body'] =>
    resourcesIn(synthesizeProps(withFragment(fragment))).find(({ path }) => path === 'ingest/service')
      ?.body ?? {};

  it.each(['destination', 'as-sent'] as const)(
    'is told to the ingest where the props say it: %s',
    (mapping) => {
      expect(envIn(ingestOf({ ingest: { mapping } }))).toContainEqual({
        name: 'INGEST_MAPPING',
        value: mapping,
      });
    },
  );

  it('is left to the default of the ingest where they do not', () => {
    expect(JSON.stringify(ingestOf({}))).not.toContain('INGEST_MAPPING');
  });
});

describe('ways in', () => {
  const only = (variant: string, path: string): Readonly<Record<string, unknown>> => {
    const props = VARIANTS[variant];
    if (props === undefined) throw new Error(`no variant ${variant}`);
    return resourcesIn(synthesizeProps(props)).find((one) => one.path === path)?.body ?? {};
  };

  it('are open to everybody with a write key, by a grant', () => {
    expect(only('smallest', 'ingest/service')).toMatchObject({
      ingress: 'INGRESS_TRAFFIC_ALL',
      invoker_iam_disabled: false,
    });
    expect(only('smallest', 'ingest/everybody')).toMatchObject({
      member: 'allUsers',
      role: 'roles/run.invoker',
    });
  });

  it('are open without a grant where an organization forbids it', () => {
    const variant = 'brokers with a password and a private authority';
    expect(only(variant, 'ingest/service')).toMatchObject({ invoker_iam_disabled: true });
    expect(only(variant, 'ingest/everybody')).toEqual({});
  });

  it('are for the named callers inside Google Cloud with access iam', () => {
    expect(only('a managed Kafka', 'ingest/service')).toMatchObject({
      ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
    });
    const invoker = `ingest/invoker-${markOf('group:a@acme.example')}`;
    expect(only('a managed Kafka', invoker)).toMatchObject({ member: 'group:a@acme.example' });
    expect(only('a managed Kafka', 'ingest/everybody')).toEqual({});
  });

  it('lead through the load balancer alone where there is one', () => {
    expect(only('brokers with tokens', 'ingest/service')).toMatchObject({
      ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
    });
    const { rule } = only('brokers with tokens', 'ingest/load-balancer/security-policy') as {
      rule: readonly {
        action: string;
        preview?: boolean;
        match: { config: { src_ip_ranges: readonly string[] } };
      }[];
    };
    expect(rule.map(({ action, match }) => [action, match.config.src_ip_ranges.length])).toEqual([
      ['allow', 10],
      ['allow', 2],
      ['deny(403)', 1],
      ['allow', 1],
    ]);
    expect(rule[2]?.preview).toBe(false);
  });
});
