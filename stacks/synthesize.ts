import { App } from 'cdktf';
import type { RuntimeProps } from '../constructs/index.ts';
import { PropsError } from '../constructs/index.ts';
import { CustomerioStack } from './customerio-stack.ts';
import { ENVIRONMENTS, type Environment } from './environments.ts';

/** Every environment whose props have faults, together. */
export class EnvironmentsError extends Error {
  override readonly name = 'EnvironmentsError';
}

interface SynthesizeOptions {
  /** @default what the command line of cdktf says, else `cdktf.out` */
  readonly outdir?: string;
  /** @default this package's own code */
  readonly bundle?: NonNullable<RuntimeProps['bundle']>;
  readonly environments?: Readonly<Record<string, Environment>>;
}

/**
 * Writes one stack for each environment, `customerio-<name>`. Nothing is written where a fault is found.
 *
 * @throws EnvironmentsError with the faults of all environments
 */
export const synthesize = ({ outdir, bundle, environments = ENVIRONMENTS }: SynthesizeOptions = {}): void => {
  const app = new App(outdir === undefined ? {} : { outdir });
  const faults: string[] = [];
  for (const [name, environment] of Object.entries(environments)) {
    const runtime = bundle && { runtime: { ...environment.runtime, bundle } };
    try {
      new CustomerioStack(app, `customerio-${name}`, { ...environment, ...runtime });
    } catch (error) {
      if (!(error instanceof PropsError)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length > 0) throw new EnvironmentsError(faults.join('\n'));
  app.synth();
};
