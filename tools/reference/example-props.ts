import { readFileSync } from 'node:fs';
import type { CustomerIoIntegrationProps } from '../../constructs/index.ts';
import { placeholderBundle } from './placeholder-bundle.ts';

type Plain = Readonly<Record<string, unknown>>;

/** The smallest useful props. */
export const SMALLEST: CustomerIoIntegrationProps = {
  environment: 'dev',
  project: 'acme',
  location: 'europe-west1',
  customerIoRegion: 'eu',
  kafka: { bootstrapServers: ['broker:9092'] },
};

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const merge = (lower: Plain, upper: Plain): Plain => {
  const result: Record<string, unknown> = { ...lower };
  for (const [name, value] of Object.entries(upper)) {
    const before = result[name];
    result[name] = isPlain(before) && isPlain(value) ? merge(before, value) : value;
  }
  return result;
};

/** A fragment over the smallest props. A managed Kafka takes the place of the brokers. */
export const withFragment = (fragment: Plain): CustomerIoIntegrationProps => {
  const merged = merge(SMALLEST as unknown as Plain, fragment) as unknown as CustomerIoIntegrationProps;
  const { bootstrapServers: _brokers, ...kafka } = merged.kafka;
  return merged.kafka.managed === undefined ? merged : { ...merged, kafka };
};

const CERTIFICATE = `${import.meta.dirname}/../../test/fixtures/ca.pem`;

/** The names that examples may use. */
const IN_EXAMPLES = { bundleRole: placeholderBundle, readFileSync: () => readFileSync(CERTIFICATE, 'utf8') };

/**
 * The props that an example in a doc comment stands for.
 *
 * @param example source of an object, a fragment of the props
 */
export const propsOfExample = (example: string): CustomerIoIntegrationProps =>
  withFragment(
    new Function(...Object.keys(IN_EXAMPLES), `return (${example});`)(...Object.values(IN_EXAMPLES)),
  );
