import { describe, expect, it } from '@jest/globals';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';

const DAY_MS = 86_400_000;
const EXISTING_KEY = 'projects/acme/locations/europe-west1/keyRings/main/cryptoKeys/customerio';
const TABLES = ['delivery_events', 'quarantine', 'dead_letters'] as const;
const TOPICS = ['stream/topic', 'stream/dead-letter-topic'] as const;

type Body = Readonly<Record<string, unknown>>;

const made = (fragment: Body = {}): readonly SynthesizedResource[] =>
  resourcesIn(synthesizeProps(withFragment(fragment)));

const at = (resources: readonly SynthesizedResource[], path: string): SynthesizedResource => {
  const found = resources.find((resource) => resource.path === path);
  if (found === undefined) throw new Error(`nothing at ${path}`);
  return found;
};

describe('the tables', () => {
  const resources = made({ warehouse: { eventDays: 400, quarantineDays: 180 } });

  it.each([
    ['delivery_events', 'timestamp', 400, ['object_type', 'metric', 'delivery_id']],
    ['quarantine', 'received_at', 180, ['reason']],
    ['dead_letters', 'publish_time', 180, undefined],
  ])(
    'are partitioned by day, clustered, filtered and expire as the contract says: %s',
    (table, field, days, clustering) => {
      const { body } = at(resources, `warehouse/${table}`);
      expect(body['time_partitioning']).toEqual({ type: 'DAY', field, expiration_ms: days * DAY_MS });
      expect(body['require_partition_filter']).toBe(true);
      expect(body['clustering']).toEqual(clustering);
    },
  );

  it.each([
    ['dev', [90, 90, 90], false],
    ['staging', [180, 90, 90], true],
    ['prod', [760, 90, 90], true],
  ])('are kept and protected as the preset says: %s', (environment, days, isProtected) => {
    const all = made({ environment });
    for (const [index, table] of TABLES.entries())
      expect(at(all, `warehouse/${table}`).body).toMatchObject({
        time_partitioning: { expiration_ms: (days[index] ?? 0) * DAY_MS },
        deletion_protection: isProtected,
      });
  });

  it.each([
    ['eu', 'europe-west1', 'EU'],
    ['us', 'us-central1', 'US'],
  ])('are where Customer.io keeps the account: %s', (customerIoRegion, location, residence) => {
    const { body } = at(made({ customerIoRegion, location }), 'warehouse/dataset');
    expect(body).toMatchObject({ dataset_id: 'customerio_events', location: residence });
  });
});

/** What is encrypted, and where its key stands. */
const KEYS: readonly (readonly [string, string, (body: Body) => unknown])[] = [
  ['warehouse/dataset', 'bigquery', (body) => body['default_encryption_configuration']],
  ...TABLES.map(
    (table) => [`warehouse/${table}`, 'bigquery', (body: Body) => body['encryption_configuration']] as const,
  ),
  ...TOPICS.map(
    (topic) => [topic, 'pubsub', (body: Body) => ({ kms_key_name: body['kms_key_name'] })] as const,
  ),
];

describe.each([
  ['a key that exists', { existingKey: EXISTING_KEY }, EXISTING_KEY],
  ['a new key', { keyProps: {} }, /^\$\{google_kms_crypto_key\.[\w-]+\.id\}$/],
])('with %s', (_what, encryption, key) => {
  const resources = made({ encryption, projectNumber: '123456789012' });
  const name = typeof key === 'string' ? key : expect.stringMatching(key);

  it.each(KEYS)('%s is encrypted, after the agent of %s may use the key', (path, service, keyOf) => {
    const { body } = at(resources, path);
    expect(keyOf(body)).toEqual({ kms_key_name: name });
    expect(body['depends_on']).toContain(at(resources, `encryption/${service}`).address);
  });

  it.each([
    ['bigquery', 'bq-123456789012@bigquery-encryption.iam.gserviceaccount.com'],
    ['pubsub', 'service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com'],
  ])('the agent of %s may encrypt and decrypt with it', (service, email) => {
    expect(at(resources, `encryption/${service}`).body).toMatchObject({
      crypto_key_id: name,
      role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      member: `serviceAccount:${email}`,
    });
  });

  it('the dataset is where the key is', () => {
    expect(at(resources, 'warehouse/dataset').body).toMatchObject({ location: SMALLEST.location });
  });

  it.each(TABLES)('%s is encrypted in a dataset that exists, too', (table) => {
    const all = made({ encryption, warehouse: { existingDataset: 'marketing' } });
    const { body } = at(all, `warehouse/${table}`);
    expect(body).toMatchObject({ dataset_id: 'marketing', encryption_configuration: { kms_key_name: name } });
    expect(body['depends_on']).toContain(at(all, 'encryption/bigquery').address);
  });
});

describe('with Google’s keys', () => {
  it('nothing names a key', () => {
    const resources = made();
    for (const [path] of KEYS) expect(JSON.stringify(at(resources, path).body)).not.toMatch(/kms|encryption/);
  });
});
