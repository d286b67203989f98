import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js';
import { TerraformStack, Testing } from 'cdktf';
import { CustomerIoIntegration, type CustomerIoIntegrationProps } from '../../constructs/index.ts';
import { placeholderBundle } from './placeholder-bundle.ts';

/** One resource of a synthesized stack. */
export interface SynthesizedResource {
  readonly type: string;
  /** Where it stands below the integration, such as `ingest/service`. */
  readonly path: string;
  readonly address: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A stack with one integration, as Terraform's JSON. */
export const synthesizeProps = (props: CustomerIoIntegrationProps): Readonly<Record<string, unknown>> => {
  const stack = new TerraformStack(Testing.app(), 'stack');
  new GoogleProvider(stack, 'google', { project: props.project, region: props.location });
  const withBundle = { ...props, runtime: { bundle: placeholderBundle, ...props.runtime } };
  new CustomerIoIntegration(stack, 'customerio', props.runtime?.image === undefined ? withBundle : props);
  // Testing.synth would leave out the comments, and with them the paths and the reasons.
  return JSON.parse(JSON.stringify(stack.toTerraform()));
};

type Bodies = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

const pathOf = (body: Readonly<Record<string, unknown>>): string => {
  const { metadata } = body['//'] as { metadata: { path: string } };
  return metadata.path.split('/').slice(2).join('/');
};

/** The resources of a stack's JSON. */
export const resourcesIn = (json: Readonly<Record<string, unknown>>): readonly SynthesizedResource[] =>
  Object.entries(json['resource'] as Bodies).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, body]) => ({
      type,
      path: pathOf(body),
      address: `${type}.${name}`,
      body,
    })),
  );
