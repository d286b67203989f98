import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import { resolveSettings, type Settings } from '../settings/settings.ts';
import { type Claim, claimsOf, type Neighbour, validateClaims } from './claims.ts';
import { Faults, type PropFault, PropsError } from './faults.ts';
import { refuseInsecure } from './refuse-insecure.ts';
import { shapeProps } from './shape-props.ts';
import { validateBasics } from './validate-basics.ts';
import { validateKafka } from './validate-kafka.ts';
import { validateParts } from './validate-parts.ts';
import { validateWorkloads } from './validate-workloads.ts';

/** Where an integration stands. */
export interface Place {
  readonly path: string;
  /** The path of its stack. */
  readonly stack: string;
  readonly neighbours: readonly Neighbour[];
}

const isBelow = (prop: string, other: string): boolean => prop === other || prop.startsWith(`${other}.`);

/** Whether a fault only says again that something has the wrong shape. */
const isEcho = ({ prop }: PropFault, misshapen: readonly string[]): boolean =>
  misshapen.some((at) => at === '' || isBelow(prop, at) || isBelow(at, prop));

const validateAll = (
  props: CustomerIoIntegrationProps,
  settings: Settings,
  claims: readonly Claim[],
  neighbours: readonly Neighbour[],
): readonly PropFault[] => {
  const faults = new Faults();
  validateBasics(props, faults);
  validateKafka(props.kafka, settings, faults);
  validateWorkloads(props, settings, faults);
  validateParts(props, settings, faults);
  refuseInsecure(props, settings, faults);
  validateClaims(claims, neighbours, faults);
  return faults.all;
};

/**
 * Checks an integration's props against every rule.
 *
 * @returns what the props resolve to, and the names that the integration takes
 * @throws PropsError with every fault: prop, rule, and what was found
 */
export const validateProps = (
  given: unknown,
  { path, stack, neighbours }: Place,
): { readonly settings: Settings; readonly claims: readonly Claim[] } => {
  const shape = new Faults();
  const { props, misshapen } = shapeProps(given, shape);
  const settings = resolveSettings(props);
  const claims = claimsOf(props, stack);
  const rest = validateAll(props, settings, claims, neighbours).filter((fault) => !isEcho(fault, misshapen));
  const all = [...shape.all, ...rest];
  if (all.length > 0) throw new PropsError(path, all);
  return { settings, claims };
};
