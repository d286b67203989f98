import type { CustomerIoIntegrationProps } from '../constructs/index.ts';

/** One environment: the integration's props, and where its Terraform state is kept. */
export interface Environment extends CustomerIoIntegrationProps {
  /** Bucket of the state; it is made once, by hand, before the first deployment. */
  readonly stateBucket: string;
}

const { env } = process;

/** What the environments have in common. Change it to what your company has. */
const COMMON = {
  location: env['CUSTOMERIO_LOCATION'] ?? 'europe-west1',
  customerIoRegion: 'eu',
  owner: 'growth-platform',
  costCentre: 'cc-customerio',
} as const;

/** A project's id, its number and its state bucket come from the variables `CUSTOMERIO_<ENVIRONMENT>_PROJECT` and `…_PROJECT_NUMBER`, or have their defaults. */
const placeOf = (environment: string) => {
  const variable = `CUSTOMERIO_${environment.toUpperCase().replaceAll('-', '_')}_PROJECT`;
  const project = env[variable] ?? `acme-customerio-${environment}`;
  const projectNumber = env[`${variable}_NUMBER`];
  return {
    project,
    stateBucket: `${project}-tfstate`,
    ...(projectNumber !== undefined && { projectNumber }),
  };
};

/**
 * The environments, by the end of their stack's name: `customerio-<name>`. What is not said here comes from the preset of the
 * same name, or from the one that `preset` names. A new environment is one more entry.
 */
export const ENVIRONMENTS: Readonly<Record<string, Environment>> = {
  dev: {
    ...COMMON,
    ...placeOf('dev'),
    environment: 'dev',
    kafka: { bootstrapServers: ['kafka.dev.acme.example:9092'], sasl: { mechanism: 'scram-sha-512' } },
  },
  staging: {
    ...COMMON,
    ...placeOf('staging'),
    environment: 'staging',
    kafka: { managed: {} },
  },
  prod: {
    ...COMMON,
    ...placeOf('prod'),
    environment: 'prod',
    kafka: { managed: {} },
    network: { vpcProps: {}, staticAddress: true },
  },
};
