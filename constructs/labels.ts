import type { CustomerIoIntegrationProps } from './props/integration-props.ts';

/** The labels of every resource that takes them. */
export const labelsOf = (
  props: Pick<CustomerIoIntegrationProps, 'environment' | 'owner' | 'costCentre' | 'labels'>,
): Record<string, string> => ({
  ...props.labels,
  environment: props.environment,
  ...(props.owner !== undefined && { owner: props.owner }),
  ...(props.costCentre !== undefined && { 'cost-centre': props.costCentre }),
  'managed-by': 'customerio-platform',
});
