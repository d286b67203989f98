import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { TerraformStack, Testing } from 'cdktf';
import { CustomerIoIntegration, type CustomerIoIntegrationProps } from '../../constructs/index.ts';
import { ENVIRONMENTS } from '../../stacks/environments.ts';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';
import { placeholderBundle } from '../../tools/reference/placeholder-bundle.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';
import { FORCE_NEW } from './force-new.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const nodeImage = `docker.io/library/node@${DIGEST}`;
const { stateBucket: _bucket, ...prod } = ENVIRONMENTS['prod'] ?? { ...SMALLEST, stateBucket: '' };

const resourcesOf = (props: CustomerIoIntegrationProps): ReadonlyMap<string, SynthesizedResource> =>
  new Map(resourcesIn(synthesizeProps(props)).map((resource) => [resource.address, resource]));

const hardenedOf = (props: CustomerIoIntegrationProps): CustomerIoIntegrationProps => ({
  ...props,
  hardened: true,
  runtime: { nodeImage, ...props.runtime },
});

/** What a plan from the one to the other would replace or destroy, of what holds data. */
const replacedBetween = (before: CustomerIoIntegrationProps, after: CustomerIoIntegrationProps) => {
  const next = resourcesOf(after);
  return [...resourcesOf(before).values()].flatMap(({ address, type, body }) => {
    const other = next.get(address);
    if (other === undefined) return [`${address} is gone`];
    const changed = (FORCE_NEW[type] ?? []).filter(
      (name) => JSON.stringify(body[name]) !== JSON.stringify(other.body[name]),
    );
    return changed.map((name) => `${address}.${name}`);
  });
};

describe('hardened', () => {
  it.each<[string, CustomerIoIntegrationProps]>([
    ['prod', prod],
    ['prod with a key of its own', { ...prod, encryption: { keyProps: {} } }],
    ['brokers of one’s own', withFragment({ environment: 'prod', network: { vpcProps: {} } })],
    ['parts that exist', withFragment({ environment: 'prod', runtime: { existingBucket: 'acme-code' } })],
  ])('replaces nothing that holds data, and moves no address: %s', (_what, props) => {
    expect(replacedBetween(props, hardenedOf(props))).toEqual([]);
  });

  it('would be caught replacing it', () => {
    const key = { ...prod, encryption: { keyProps: {} } };
    const found = replacedBetween(prod, key);
    expect(found.some((attribute) => /delivery_events_\w+\.encryption_configuration$/.test(attribute))).toBe(
      true,
    );
    expect(replacedBetween(key, { ...prod, encryption: { keyProps: { protectionLevel: 'HSM' } } })).toEqual([
      expect.stringMatching(/^google_kms_crypto_key\..*\.version_template$/),
    ]);
  });

  it('is judged by attributes that the provider has, of everything that holds data', () => {
    const { resources } = JSON.parse(
      readFileSync(`${import.meta.dirname}/../fixtures/google-provider-6.50.0-schema.json`, 'utf8'),
    ) as { resources: Record<string, { attributes: object; block_types?: object }> };
    for (const [type, names] of Object.entries(FORCE_NEW)) {
      const { attributes = {}, block_types = {} } = resources[type] ?? {};
      expect(names.filter((name) => !(name in attributes) && !(name in block_types))).toEqual([]);
    }
    const types = [...resourcesOf({ ...prod, encryption: { keyProps: {} } }).values()].map(
      ({ type }) => type,
    );
    const holding = types.filter((type) =>
      /bucket$|dataset$|table$|topic$|subscription$|secret$|_key$|cluster$/.test(type),
    );
    expect(holding.filter((type) => !(type in FORCE_NEW))).toEqual([]);
  });

  it('logs the flows of the subnetwork, refuses what would come in, and keeps versions of bundles', () => {
    const found = [...resourcesOf(hardenedOf(prod)).values()];
    const at = (path: string) => found.find((one) => one.path === path)?.body;
    expect(at('network/subnetwork')).toMatchObject({
      log_config: {
        aggregation_interval: 'INTERVAL_30_SEC',
        flow_sampling: 1,
        metadata: 'INCLUDE_ALL_METADATA',
      },
    });
    expect(at('network/deny-ingress')).toMatchObject({
      direction: 'INGRESS',
      deny: [{ protocol: 'all' }],
      source_ranges: ['0.0.0.0/0'],
      priority: 65_534,
    });
    expect(at('runtime/bucket')).toMatchObject({ versioning: { enabled: true } });
    const plain = [...resourcesOf(prod).values()];
    expect(found).toHaveLength(plain.length + 1);
    expect(plain.find(({ path }) => path === 'network/subnetwork')?.body).not.toHaveProperty('log_config');
  });

  it('takes an image or a Node image by digest, with a tag beside it or without', () => {
    const image = `europe-west1-docker.pkg.dev/acme/platform/customerio:1.2.3@${DIGEST}`;
    for (const runtime of [
      { image },
      { nodeImage },
      { nodeImage: `docker.io/library/node:24.1.0@${DIGEST}` },
    ])
      expect(() => synthesizeProps(withFragment({ hardened: true, runtime }))).not.toThrow();
  });
});

describe('an image by tag', () => {
  const warningsOf = (props: CustomerIoIntegrationProps): readonly string[] => {
    const stack = new TerraformStack(Testing.app(), 'stack');
    const { runtime: given = {} } = props;
    const runtime = given.image === undefined ? { bundle: placeholderBundle, ...given } : given;
    const { node } = new CustomerIoIntegration(stack, 'customerio', { ...props, runtime });
    return node.metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => String(data));
  };
  const image = 'gcr.io/acme/cio:1.2.3';

  it('is a warning in prod, and in what counts as prod', () => {
    const said = [expect.stringMatching(/^runtime\.image is a tag, gcr\.io\/acme\/cio:1\.2\.3: .*digest/)];
    expect(warningsOf(withFragment({ environment: 'prod', runtime: { image } }))).toEqual(said);
    expect(warningsOf(withFragment({ environment: 'live', runtime: { image } }))).toEqual(said);
    const node = warningsOf(withFragment({ environment: 'prod' }));
    expect(node).toEqual([
      expect.stringMatching(/^runtime\.nodeImage is a tag, docker\.io\/library\/node:24/),
    ]);
  });

  it('is none in dev and staging, nor is a digest', () => {
    expect(warningsOf(withFragment({ runtime: { image } }))).toEqual([]);
    expect(warningsOf(withFragment({ environment: 'staging', runtime: { image } }))).toEqual([]);
    expect(
      warningsOf(withFragment({ environment: 'prod', runtime: { image: `${image}@${DIGEST}` } })),
    ).toEqual([]);
    expect(warningsOf(withFragment({ environment: 'prod', runtime: { nodeImage } }))).toEqual([]);
  });
});

describe('audit logs', () => {
  it('are the whole configuration of the services that are named, and of no other', () => {
    const auditLogs = { 'bigquery.googleapis.com': ['DATA_READ', 'DATA_WRITE'], allServices: ['ADMIN_READ'] };
    const found = [...resourcesOf(withFragment({ auditLogs })).values()].filter(
      ({ type }) => type === 'google_project_iam_audit_config',
    );
    expect(
      found.map(({ path, body }) => [path, body['project'], body['service'], body['audit_log_config']]),
    ).toEqual([
      [
        'audit-logs/bigquery.googleapis.com',
        'acme',
        'bigquery.googleapis.com',
        [{ log_type: 'DATA_READ' }, { log_type: 'DATA_WRITE' }],
      ],
      ['audit-logs/allServices', 'acme', 'allServices', [{ log_type: 'ADMIN_READ' }]],
    ]);
  });

  it('of one service and project are one integration’s: two would take turns', () => {
    const stack = new TerraformStack(Testing.app(), 'stack');
    const props = { ...SMALLEST, runtime: { bundle: placeholderBundle } };
    const auditLogs = { 'bigquery.googleapis.com': ['DATA_READ'] } as const;
    new CustomerIoIntegration(stack, 'one', { ...props, auditLogs });
    expect(() => new CustomerIoIntegration(stack, 'two', { ...props, prefix: 'shop', auditLogs })).toThrow(
      'auditLogs.bigquery.googleapis.com must differ from that of stack/one',
    );
  });
});

describe('a key that is made', () => {
  it.each(['SOFTWARE', 'HSM'] as const)('is protected as it says: %s', (protectionLevel) => {
    const found = resourcesOf(withFragment({ encryption: { keyProps: { protectionLevel } } }));
    const key = [...found.values()].find(({ path }) => path === 'encryption/key');
    expect(key?.body['version_template']).toEqual({
      algorithm: 'GOOGLE_SYMMETRIC_ENCRYPTION',
      protection_level: protectionLevel,
    });
  });

  it('is Google’s to protect where nothing is said, so that keys that exist stay', () => {
    const found = resourcesOf(withFragment({ encryption: { keyProps: {} } }));
    const key = [...found.values()].find(({ path }) => path === 'encryption/key');
    expect(key?.body).not.toHaveProperty('version_template');
  });
});
