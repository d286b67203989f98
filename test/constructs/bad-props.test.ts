import { describe, expect, it } from '@jest/globals';
import { Fn, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import {
  CustomerIoIntegration,
  type CustomerIoIntegrationProps,
  PropsError,
} from '../../constructs/index.ts';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';
import { placeholderBundle } from '../../tools/reference/placeholder-bundle.ts';
import { synthesizeProps } from '../../tools/reference/synthesize-props.ts';
import { BAD_BALANCERS } from './bad-props-balancer-cases.ts';
import { BAD as RULES } from './bad-props-cases.ts';
import { BAD_HARDENING } from './bad-props-hardening-cases.ts';
import { BAD_TOGETHER } from './bad-props-insecure-cases.ts';
import { BAD_SHAPES } from './bad-props-shape-cases.ts';
import { BAD_VALUES } from './bad-props-value-cases.ts';

const BAD = [...RULES, ...BAD_VALUES, ...BAD_SHAPES, ...BAD_BALANCERS, ...BAD_TOGETHER, ...BAD_HARDENING];

const faultsOf = (props: object): readonly string[] => {
  try {
    synthesizeProps(props as CustomerIoIntegrationProps);
    return [];
  } catch (error) {
    if (!(error instanceof PropsError)) throw error;
    return error.faults.map(({ prop, rule, found }) => `${prop} ${rule}, got ${found}`);
  }
};

describe('bad props', () => {
  it.each(BAD)('are told of: %s', (_what, fragment, said) => {
    const faults = faultsOf(withFragment(fragment as Parameters<typeof withFragment>[0]));
    expect(faults.filter((fault) => fault.startsWith(said))).toHaveLength(1);
  });

  it('are told of one by one: none brings a second fault with it', () => {
    const single = BAD.map(([, fragment]) =>
      faultsOf(withFragment(fragment as Parameters<typeof withFragment>[0])),
    );
    expect(single.filter((faults) => faults.length !== 1)).toEqual([]);
  });

  it('are told of all together, with the place of the construct', () => {
    const props = withFragment({
      location: 'mars',
      kafka: { bootstrapServers: ['broker'] },
      ingest: { maxInstances: 0 },
      network: { vpcProps: { cidr: 'all' } },
    });
    expect(() => synthesizeProps(props)).toThrow(
      /^stack\/customerio: 4 of its props must be changed:\n {2}location .*\n {2}kafka\.bootstrapServers\[0\] .*\n {2}ingest\.maxInstances .*\n {2}network\.vpcProps\.cidr .*$/,
    );
  });

  it('of nothing at all are faults, never a crash', () => {
    expect(faultsOf({})).toEqual(
      expect.arrayContaining(
        ['environment', 'project', 'location', 'customerIoRegion', 'kafka'].map((prop) =>
          expect.stringMatching(`^${prop} `),
        ),
      ),
    );
  });

  it('show long texts by their shape', () => {
    expect(faultsOf(withFragment({ kafka: { ca: 'x'.repeat(500) } }))).toEqual([
      expect.stringMatching(/got a text of 500 characters$/),
    ]);
  });

  it.each([[{ concurrency: 236 }], [{ concurrency: 1000, memoryMib: 1240 }], [{ memoryMib: 512 }]])(
    'are not as many webhooks at once as just fit into the memory: %j',
    (webhooks) => {
      expect(faultsOf(withFragment({ webhooks }))).toEqual([]);
    },
  );

  it.each([
    ['a password in dev', { kafka: { tls: false, sasl: { mechanism: 'plain' } } }],
    [
      'a password with the preset of dev',
      { environment: 'qa', preset: 'dev', kafka: { tls: false, sasl: { mechanism: 'scram-sha-512' } } },
    ],
    ['events in dev', { kafka: { tls: false } }],
    [
      'events in a network of one’s own',
      { environment: 'prod', kafka: { tls: false }, network: { vpcProps: {} } },
    ],
  ])('are not those that leave out TLS: %s', (_what, fragment) => {
    expect(faultsOf(withFragment(fragment))).toEqual([]);
  });

  it('are not looked for in tokens, whose values only Terraform knows', () => {
    const stack = new TerraformStack(Testing.app(), 'stack');
    const variable = new TerraformVariable(stack, 'project', { type: 'string' });
    const props: CustomerIoIntegrationProps = {
      ...SMALLEST,
      project: variable.stringValue,
      runtime: { bundle: placeholderBundle },
      ingest: {
        existingServiceAccount: variable.stringValue,
        maxInstances: Fn.tonumber(variable.value) as unknown as number,
      },
    };
    expect(() => new CustomerIoIntegration(stack, 'customerio', props)).not.toThrow();
  });

  it('refuse two integrations of one name in one project, and take them with a prefix', () => {
    const stack = new TerraformStack(Testing.app(), 'stack');
    const props = { ...SMALLEST, runtime: { bundle: placeholderBundle } };
    new CustomerIoIntegration(stack, 'one', props);
    expect(() => new CustomerIoIntegration(stack, 'two', props)).toThrow(
      'prefix must differ from that of stack/one, which is in the same project',
    );
    expect(() => new CustomerIoIntegration(stack, 'three', { ...props, prefix: 'shop' })).not.toThrow();
  });
});
