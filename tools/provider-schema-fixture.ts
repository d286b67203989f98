import { readFileSync, writeFileSync } from 'node:fs';

/** Where the checks of the tests find the schema. */
const FIXTURE = `${import.meta.dirname}/../test/fixtures/google-provider-6.50.0-schema.json`;

/** What the constructs can make, whether or not a given stack does. */
const RESOURCES = [
  ...['repository', 'repository_iam_member'].map((name) => `artifact_registry_${name}`),
  ...['dataset', 'table', 'table_iam_member'].map((name) => `bigquery_${name}`),
  ...['subscription', 'subscription_iam_member'].map((name) => `pubsub_${name}`),
  ...['service', 'service_iam_member', 'worker_pool'].map((name) => `cloud_run_v2_${name}`),
  ...['address', 'backend_service', 'global_address', 'global_forwarding_rule'].map(
    (name) => `compute_${name}`,
  ),
  ...['firewall', 'managed_ssl_certificate', 'network', 'region_network_endpoint_group'].map(
    (name) => `compute_${name}`,
  ),
  ...['router', 'router_nat', 'security_policy', 'subnetwork'].map((name) => `compute_${name}`),
  ...['ssl_policy', 'target_https_proxy', 'url_map'].map((name) => `compute_${name}`),
  ...['crypto_key', 'crypto_key_iam_member', 'key_ring'].map((name) => `kms_${name}`),
  ...['acl', 'cluster', 'topic'].map((name) => `managed_kafka_${name}`),
  ...[
    'project_iam_audit_config',
    'project_iam_member',
    'project_service',
    'pubsub_topic',
    'pubsub_topic_iam_member',
    'service_account',
  ],
  ...['secret', 'secret_iam_member', 'secret_version'].map((name) => `secret_manager_${name}`),
  ...['bucket', 'bucket_iam_member', 'bucket_object'].map((name) => `storage_${name}`),
].map((name) => `google_${name}`);
const DATA_SOURCES = ['google_project'];

type Json = Readonly<Record<string, unknown>>;

const readJson = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;

/** Without the provider's descriptions, which are most of it. An attribute may have the name too; then it is an object. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, one]) => name !== 'description' || typeof one !== 'string',
  );
  return Object.fromEntries(
    kept.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, bare(one)]),
  );
};

const typesIn = (stacks: readonly Json[], section: 'resource' | 'data'): readonly string[] =>
  stacks.flatMap((stack) => Object.keys(stack[section] ?? {})).filter((type) => type !== '//');

const pick = (schemas: Json, types: Iterable<string>): Json =>
  Object.fromEntries(
    [...new Set(types)].toSorted().map((type) => {
      if (!Object.hasOwn(schemas, type)) throw new Error(`the schema has no ${type}`);
      return [type, bare(schemas[type])];
    }),
  );

/** The part of a provider's schema that the resources of the constructs and of the stacks need. */
export const fixtureOf = (schema: Json, stacks: readonly Json[]): Json => ({
  provider: schema['provider'],
  version: schema['version'],
  provider_block: bare(schema['provider_block']),
  resources: pick(schema['resources'] as Json, [...RESOURCES, ...typesIn(stacks, 'resource')]),
  data_sources: pick(schema['data_sources'] as Json, [...DATA_SOURCES, ...typesIn(stacks, 'data')]),
});

/** One line a type: small, and a change of one type is a change of one line. */
const asText = (fixture: Json): string => {
  const section = (name: string): string => {
    const lines = Object.entries(fixture[name] as Json).map(
      ([type, schema]) => `    ${JSON.stringify(type)}: ${JSON.stringify(schema)}`,
    );
    return `  ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n  }`;
  };
  const simple = ['provider', 'version', 'provider_block'].map(
    (name) => `  ${JSON.stringify(name)}: ${JSON.stringify(fixture[name])}`,
  );
  return `{\n${[...simple, section('resources'), section('data_sources')].join(',\n')}\n}\n`;
};

const main = ([schema, ...stacks]: readonly string[]): number => {
  if (schema === undefined) {
    process.stderr.write(
      'usage: node tools/provider-schema-fixture.ts <full schema.json> [<stack.json> …]\n',
    );
    return 2;
  }
  writeFileSync(FIXTURE, asText(fixtureOf(readJson(schema), stacks.map(readJson))));
  return 0;
};

if (import.meta.main) process.exitCode = main(process.argv.slice(2));
