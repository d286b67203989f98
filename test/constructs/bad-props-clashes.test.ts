import { describe, expect, it } from '@jest/globals';
import { TerraformStack, TerraformVariable, Testing, Token } from 'cdktf';
import {
  CustomerIoIntegration,
  type CustomerIoIntegrationProps,
  PropsError,
} from '../../constructs/index.ts';
import { withFragment } from '../../tools/reference/example-props.ts';
import { placeholderBundle } from '../../tools/reference/placeholder-bundle.ts';

const make = (stack: TerraformStack, id: string, props: unknown): readonly string[] => {
  try {
    new CustomerIoIntegration(stack, id, props as CustomerIoIntegrationProps);
    return [];
  } catch (error) {
    if (!(error instanceof PropsError)) throw error;
    return error.faults.map(({ prop, rule }) => `${prop} ${rule}`);
  }
};

const newStack = (): TerraformStack => new TerraformStack(Testing.app(), 'stack');

const whole = (fragment: object): object => {
  const props = withFragment(fragment as Readonly<Record<string, unknown>>);
  return { ...props, runtime: { bundle: placeholderBundle, ...props.runtime } };
};

describe('props that are no props', () => {
  it.each([[undefined], [null], ['text'], [3], [true], [[]]])('are told of: %j', (props) => {
    expect(make(newStack(), 'one', props)).toEqual(['props must be an object']);
  });

  it.each([[null], ['text'], [3], [[]]])('as kafka are told of: %j', (kafka) => {
    expect(make(newStack(), 'one', { ...whole({}), kafka })).toEqual(['kafka must be an object']);
  });

  it('of odd values crash nothing', () => {
    const odd = [null, Symbol('x'), 10n, { toString: 3 }, Object.create(null), () => 0, Number.NaN, ['', {}]];
    const names = ['environment', 'project', 'location', 'prefix', 'preset', 'owner', 'logLevel'];
    for (const value of odd) {
      for (const name of names)
        expect(make(newStack(), 'one', { ...whole({}), [name]: value })).not.toEqual([]);
      const sizes = { cpu: value, memoryMib: value, maxInstances: value, instances: value };
      const parts = {
        ingest: sizes,
        trackWorker: sizes,
        webhooks: sizes,
        encryption: { existingKey: value },
      };
      expect(make(newStack(), 'one', { ...whole({}), ...parts })).not.toEqual([]);
    }
  });

  it('never show a certificate’s neighbour or a password', () => {
    const stack = newStack();
    const kafka = {
      ca: 'SECRET',
      sasl: { mechanism: 'oauthbearer', tokenUrl: 'https://u:SECRET@a.example' },
    };
    expect(() => new CustomerIoIntegration(stack, 'one', whole({ kafka }) as never)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('SECRET') }),
    );
  });

  it('a managed Kafka takes a static address without a network of its own', () => {
    expect(
      make(newStack(), 'one', whole({ kafka: { managed: {} }, network: { staticAddress: true } })),
    ).toEqual([]);
  });
});

describe('tokens where synthesis must compute', () => {
  const stack = newStack();
  const variable = new TerraformVariable(stack, 'v', { type: 'string' });
  const [text, number, list] = [variable.stringValue, variable.numberValue, variable.listValue];
  const vpc = { network: text, subnetwork: 'projects/a/regions/europe-west1/subnetworks/b' };
  it.each([
    ['environment', { environment: text }],
    ['customerIoRegion', { customerIoRegion: text }],
    ['prefix', { prefix: text }],
    ['kafka.bootstrapServers', { kafka: { bootstrapServers: list } }],
    ['kafka.managed.memoryGib', { kafka: { managed: { memoryGib: number } } }],
    ['kafka.managed.retentionDays.dlq', { kafka: { managed: { retentionDays: { dlq: number } } } }],
    ['encryption.keyProps.rotationDays', { encryption: { keyProps: { rotationDays: number } } }],
    [
      'secrets.rotation.periodDays',
      { secrets: { rotation: { periodDays: number, nextRotationTime: '2027-01-01T00:00:00Z' } } },
    ],
    ['webhooks.topicProps.retentionDays', { webhooks: { topicProps: { retentionDays: number } } }],
    ['webhooks.topicRetentionDays', { webhooks: { topicRetentionDays: number } }],
    ['webhooks.existingTopic', { webhooks: { existingTopic: text } }],
    ['warehouse.eventDays', { warehouse: { eventDays: number } }],
    ['warehouse.quarantineDays', { warehouse: { quarantineDays: number } }],
    ['ingest.loadBalancer.domains[0]', { ingest: { loadBalancer: { domains: [text] } } }],
    [
      'ingest.loadBalancer.enforce',
      {
        ingest: {
          loadBalancer: {
            domains: ['a.example'],
            allowedAddresses: ['10.0.0.0/8'],
            enforce: Token.asAny(text),
          },
        },
      },
    ],
    [
      'webhooks.loadBalancer.enforce',
      {
        webhooks: {
          loadBalancer: {
            domains: ['a.example'],
            allowedAddresses: ['10.0.0.0/8'],
            enforce: Token.asAny(text),
          },
        },
      },
    ],
    ['webhooks.loadBalancer.domains[0]', { webhooks: { loadBalancer: { domains: [text] } } }],
    ['webhooks.publicAccess', { webhooks: { publicAccess: text } }],
    ['ingest.access', { ingest: { access: text } }],
    ['ingest.publicAccess', { ingest: { publicAccess: text } }],
    ['kafka.tls', { environment: 'prod', kafka: { tls: Token.asAny(text), sasl: { mechanism: 'plain' } } }],
    ['ingest.invokers', { ingest: { access: 'iam', invokers: list } }],
    ['network.existingVpc.network', { network: { existingVpc: vpc, staticAddress: true } }],
    ['ingest', { ingest: Token.asAny(text) }],
  ])('are told of: %s', (prop, fragment) => {
    expect(make(newStack(), 'one', whole(fragment))).toEqual([`${prop} must be known at synth, not a token`]);
  });
});

describe('two integrations', () => {
  const managed = { managed: { clusterId: 'events' } };
  const secrets = { values: { 'track-api-key': { version: 1 } } };
  it.each([
    ['kafka.managed.clusterId', { kafka: managed }, { prefix: 'b' }],
    ['runtime.bucketProps.name', { runtime: { bucketProps: { name: 'acme-code' } } }, { prefix: 'b' }],
    [
      'ingest.serviceAccountProps.accountId',
      { ingest: { serviceAccountProps: { accountId: 'events' } } },
      { prefix: 'b' },
    ],
    ['secrets.values.track-api-key', { secrets }, { project: 'other' }],
    ['webhooks.existingTopic', { webhooks: { existingTopic: 'projects/p/topics/events' } }, { prefix: 'b' }],
    ['webhooks.topicProps.name', { webhooks: { topicProps: { name: 'events' } } }, { prefix: 'b' }],
    ['warehouse.existingDataset', { warehouse: { existingDataset: 'marketing' } }, { prefix: 'b' }],
    [
      'warehouse.datasetProps.datasetId',
      { warehouse: { datasetProps: { datasetId: 'events' } } },
      { prefix: 'b' },
    ],
    [
      'ingest.loadBalancer.domains',
      { ingest: { loadBalancer: { domains: ['a.example'] } } },
      { project: 'other' },
    ],
  ])('must not share %s', (prop, fragment, other) => {
    const stack = newStack();
    expect(make(stack, 'one', whole(fragment))).toEqual([]);
    expect(make(stack, 'two', whole({ ...fragment, ...other }))).toEqual([
      `${prop} must differ from that of stack/one`,
    ]);
  });

  it.each([
    ['webhooks.topicProps.name', {}, { webhooks: { topicProps: { name: 'customerio-events' } } }],
    ['webhooks.existingTopic', {}, { webhooks: { existingTopic: 'projects/p/topics/customerio-events' } }],
    [
      'warehouse.datasetProps.datasetId',
      {},
      { warehouse: { datasetProps: { datasetId: 'customerio_events' } } },
    ],
    ['warehouse.existingDataset', {}, { warehouse: { existingDataset: 'customerio_events' } }],
  ])('must not take %s that the other one has by default', (prop, fragment, other) => {
    const stack = newStack();
    expect(make(stack, 'one', whole(fragment))).toEqual([]);
    expect(make(stack, 'two', whole({ ...other, prefix: 'b' }))).toEqual([
      `${prop} must differ from that of stack/one`,
    ]);
  });

  it('may publish to topics of one name in projects of their own', () => {
    const stack = newStack();
    const webhooks = { existingTopic: 'projects/p/topics/events' };
    expect(make(stack, 'one', whole({ webhooks }))).toEqual([]);
    expect(make(stack, 'two', whole({ webhooks, project: 'other' }))).toEqual([]);
  });

  it('of one name are told of it together with other faults', () => {
    const stack = newStack();
    make(stack, 'one', whole({}));
    expect(make(stack, 'two', whole({ logLevel: 'loud' }))).toEqual([
      'logLevel must be one of debug, info, warn, error',
      'prefix must differ from that of stack/one, which is in the same project',
    ]);
  });
});
