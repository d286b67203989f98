import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import type { Settings } from '../settings/settings.ts';
import { Faults, PropsError } from './faults.ts';
import { validateBasics } from './validate-basics.ts';
import { validateKafka } from './validate-kafka.ts';
import { validateParts } from './validate-parts.ts';
import { validateWorkloads } from './validate-workloads.ts';

/**
 * Checks an integration's props against every rule.
 *
 * @param path where the construct stands in the tree, for the message
 * @param settings what the props resolve to, for rules about several of them
 * @throws PropsError with every fault: prop, rule, and what was found
 */
export const validateProps = (path: string, props: CustomerIoIntegrationProps, settings: Settings): void => {
  const faults = new Faults();
  validateBasics(props, faults);
  validateKafka(props.kafka, settings, faults);
  validateWorkloads(props, settings, faults);
  validateParts(props, settings, faults);
  if (faults.all.length > 0) throw new PropsError(path, faults.all);
};
