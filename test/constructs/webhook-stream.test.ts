import { describe, expect, it } from '@jest/globals';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';
import { VARIANTS } from './variants.ts';

type Body = Readonly<Record<string, unknown>>;

const bodyAt = (resources: readonly SynthesizedResource[], path: string): Body =>
  resources.find((resource) => resource.path === path)?.body ?? {};

const addressOf = (resources: readonly SynthesizedResource[], path: string): string =>
  resources.find((resource) => resource.path === path)?.address ?? `nothing at ${path}`;

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
      const addresses = needed.map((path) => addressOf(resources, path));
      expect(bodyAt(resources, `stream/${table}`)['depends_on']).toEqual(expect.arrayContaining(addresses));
      if (table !== 'dead_letters')
        expect(bodyAt(resources, `stream/${table}-subscriber`)).toMatchObject({
          role: 'roles/pubsub.subscriber',
        });
    },
  );

  it('keeps every message in its topics for a week, so that a subscription made anew can be set back', () => {
    for (const topic of ['stream/topic', 'stream/dead-letter-topic'])
      expect(bodyAt(resources, topic)).toMatchObject({ message_retention_duration: '604800s' });
  });

  it.each([
    [1, '86400s'],
    [31, '2678400s'],
  ])('keeps them for the days that the props say: %d', (topicRetentionDays, duration) => {
    const all = resourcesIn(synthesizeProps(withFragment({ webhooks: { topicRetentionDays } })));
    for (const topic of ['stream/topic', 'stream/dead-letter-topic'])
      expect(bodyAt(all, topic)).toMatchObject({ message_retention_duration: duration });
    for (const name of ['delivery_events', 'quarantine', 'dead_letters', 'replay'])
      expect(bodyAt(all, `stream/${name}`)).toMatchObject({ message_retention_duration: '604800s' });
  });

  it.each([['delivery_events'], ['quarantine']])(
    'has a place for dead letters before %s may make one',
    (table) => {
      const places = ['dead_letters', 'replay'].map((name) => addressOf(resources, `stream/${name}`));
      expect(bodyAt(resources, `stream/${table}`)['depends_on']).toEqual(expect.arrayContaining(places));
    },
  );

  it('has names that Pub/Sub takes, also after the longest name of a topic', () => {
    const name = 'x'.repeat(239);
    const all = resourcesIn(synthesizeProps(withFragment({ webhooks: { topicProps: { name } } })));
    const names = all
      .filter(({ type }) => /^google_pubsub_(topic|subscription)$/.test(type))
      .map(({ body }) => String(body['name']).length);
    expect(names).toHaveLength(6);
    expect(Math.max(...names)).toBe(255);
  });

  it('takes a topic of another project', () => {
    const props = VARIANTS['brokers with a password and a private authority'] ?? SMALLEST;
    const all = resourcesIn(synthesizeProps(props));
    expect(bodyAt(all, 'stream/delivery_events')).toMatchObject({ topic: 'projects/shared/topics/events' });
    expect(bodyAt(all, 'stream/webhooks-publisher')).toMatchObject({ project: 'shared', topic: 'events' });
    expect(bodyAt(all, 'stream/topic')).toEqual({});
    expect(bodyAt(all, 'stream/dead-letter-topic')).toMatchObject({
      name: 'events-dead',
      message_retention_duration: '604800s',
    });
  });
});
