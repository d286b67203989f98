import { describe, expect, it } from '@jest/globals';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';
import { grantsIn } from '../../tools/reference/grants-table.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';
import { VARIANTS } from './variants.ts';

type Body = Readonly<Record<string, unknown>>;

const bodyAt = (resources: readonly SynthesizedResource[], path: string): Body =>
  resources.find((resource) => resource.path === path)?.body ?? {};

/** What a filter of the stream says of a message: the two forms that are used here. */
const passes = (filter: string, attributes: Readonly<Record<string, string>>): boolean => {
  const [, not, name = '', value] = /^(NOT )?attributes\.(\w+) = "(\w+)"$/.exec(filter) ?? [];
  return (attributes[name] === value) !== (not !== undefined);
};

describe('the stream of webhooks', () => {
  const resources = resourcesIn(synthesizeProps(SMALLEST));
  const subscriptions = ['delivery_events', 'quarantine'].map((name) => bodyAt(resources, `stream/${name}`));

  it.each([[{ table: 'delivery_events' }], [{ table: 'quarantine' }], [{ table: 'other' }], [{}]])(
    'brings every message into one table: %j',
    (attributes) => {
      const taking = subscriptions.filter(({ filter }) => passes(String(filter), attributes));
      expect(taking).toHaveLength(1);
    },
  );

  it('writes by the table’s schema, drops unknown fields, and gives up late', () => {
    for (const subscription of subscriptions) {
      expect(subscription).toMatchObject({
        bigquery_config: { use_table_schema: true, drop_unknown_fields: true, write_metadata: true },
        dead_letter_policy: { max_delivery_attempts: 100 },
        retry_policy: { minimum_backoff: '10s', maximum_backoff: '600s' },
        expiration_policy: { ttl: '' },
      });
    }
  });

  it('keeps dead letters in a table and for the replay', () => {
    expect(bodyAt(resources, 'stream/dead_letters')).toMatchObject({
      name: 'customerio-events-dead-letters',
    });
    expect(bodyAt(resources, 'stream/replay')).toMatchObject({ name: 'customerio-events-dead-replay' });
    expect(bodyAt(resources, 'stream/replay')).not.toHaveProperty('bigquery_config');
  });

  it.each(['delivery_events', 'quarantine', 'dead_letters'])(
    'is given every right of Pub/Sub’s agent before the subscription into %s',
    (table) => {
      const needed = [`warehouse/${table}-editor`, `warehouse/${table}-metadata`];
      if (table !== 'dead_letters') needed.push('stream/dead-letter-publisher');
      const addresses = needed.map((path) => resources.find((resource) => resource.path === path)?.address);
      expect(bodyAt(resources, `stream/${table}`)['depends_on']).toEqual(expect.arrayContaining(addresses));
      if (table !== 'dead_letters')
        expect(bodyAt(resources, `stream/${table}-subscriber`)).toMatchObject({
          role: 'roles/pubsub.subscriber',
        });
    },
  );

  it('has tables that are partitioned by day, need a filter, and expire', () => {
    const table = bodyAt(resources, 'warehouse/delivery_events');
    expect(table).toMatchObject({
      require_partition_filter: true,
      time_partitioning: { type: 'DAY', field: 'timestamp', expiration_ms: 90 * 86_400_000 },
      deletion_protection: false,
    });
    expect(bodyAt(resources, 'warehouse/dataset')).toMatchObject({
      dataset_id: 'customerio_events',
      location: 'EU',
    });
  });

  it('follows Customer.io’s region', () => {
    const us = resourcesIn(
      synthesizeProps(withFragment({ customerIoRegion: 'us', location: 'us-central1' })),
    );
    expect(bodyAt(us, 'warehouse/dataset')).toMatchObject({ location: 'US' });
  });

  it('gives the receiver the right to publish and to read its key and its code, and nothing else', () => {
    const grants = grantsIn(resources).filter(({ who }) => who === '`webhooks`');
    expect(grants.map(({ role, on }) => `${role} on ${on}`).toSorted()).toEqual([
      '`roles/pubsub.publisher` on the topic of `stream`',
      '`roles/secretmanager.secretAccessor` on secret `webhook-signing-keys`',
      '`roles/storage.objectViewer` on the bucket of `runtime`',
    ]);
  });

  it('keeps the receiver warm, public, and out of every network', () => {
    const props = VARIANTS['a managed Kafka'] ?? SMALLEST;
    const service = bodyAt(resourcesIn(synthesizeProps(props)), 'webhooks/service') as {
      template: { vpc_access?: object; containers: readonly { resources: object; startup_probe: object }[] };
    };
    expect(service).toMatchObject({ ingress: 'INGRESS_TRAFFIC_ALL', scaling: { min_instance_count: 1 } });
    expect(service.template.vpc_access).toBeUndefined();
    expect(service.template.containers[0]).toMatchObject({
      resources: { startup_cpu_boost: true },
      startup_probe: { http_get: { path: '/healthz' } },
    });
  });

  it('takes a topic of another project', () => {
    const props = VARIANTS['brokers with a password and a private authority'] ?? SMALLEST;
    const all = resourcesIn(synthesizeProps(props));
    expect(bodyAt(all, 'stream/delivery_events')).toMatchObject({ topic: 'projects/shared/topics/events' });
    expect(bodyAt(all, 'stream/webhooks-publisher')).toMatchObject({ project: 'shared', topic: 'events' });
  });
});
