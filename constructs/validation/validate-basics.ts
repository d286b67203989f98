import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import { type Faults, isToken } from './faults.ts';
import { boolean, LABEL_KEY, LABEL_VALUE, oneOf, text } from './rules.ts';

const ENVIRONMENT = text(
  /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/,
  '1 to 20 lower-case letters, digits and dashes, a letter first and no dash last',
);
const PROJECT = text(
  /^[a-z][a-z0-9-]{2,28}[a-z0-9]$/,
  'a project id: at most 30 lower-case letters, digits and dashes, a letter first and no dash last',
);
/** What a region looks like. A list of regions would refuse the next one that opens. */
export const REGION = text(
  /^(africa|asia|australia|europe|me|northamerica|southamerica|us)-[a-z]+[1-9][0-9]?$/,
  'a Google Cloud region, such as europe-west1',
);
const PREFIX = text(
  /^(?!goog)(?!.*(google|g00gle))[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/,
  '1 to 12 lower-case letters, digits and dashes, a letter first and no dash last, without goog in front or google anywhere',
);
const RESERVED_LABELS = ['environment', 'owner', 'cost-centre', 'managed-by'];

const checkResidence = (props: CustomerIoIntegrationProps, faults: Faults): void => {
  const { customerIoRegion, location } = props;
  if (customerIoRegion !== 'eu' || isToken(location) || REGION(location) !== undefined) return;
  if (!location.startsWith('europe-')) {
    faults.add(
      'location',
      'must begin with europe- where customerIoRegion is eu, so that the data stays there',
      location,
    );
  }
};

const MOST_LABELS = 60;

const checkLabels = (props: CustomerIoIntegrationProps, faults: Faults): void => {
  faults.check('owner', props.owner, LABEL_VALUE);
  faults.check('costCentre', props.costCentre, LABEL_VALUE);
  const count = Object.keys(props.labels ?? {}).length;
  if (count > MOST_LABELS) faults.add('labels', `must be at most ${MOST_LABELS}`, count);
  for (const [key, value] of Object.entries(props.labels ?? {})) {
    faults.check(`labels.${key}`, value, LABEL_VALUE);
    faults.check(`labels, the key ${key}`, key, LABEL_KEY);
    if (RESERVED_LABELS.includes(key)) faults.add(`labels.${key}`, 'is set by the integration itself', value);
  }
};

/** The props that concern the whole integration. */
export const validateBasics = (props: CustomerIoIntegrationProps, faults: Faults): void => {
  for (const name of ['environment', 'customerIoRegion', 'prefix', 'preset'] as const)
    faults.known(name, props[name]);
  faults.required('environment', props.environment, ENVIRONMENT);
  faults.required('project', props.project, PROJECT);
  faults.required('location', props.location, REGION);
  faults.required('customerIoRegion', props.customerIoRegion, oneOf('us', 'eu'));
  checkResidence(props, faults);
  faults.check('preset', props.preset, oneOf('dev', 'staging', 'prod'));
  faults.check(
    'projectNumber',
    props.projectNumber,
    text(/^\d{6,19}$/, 'a project’s number, as a text of digits'),
  );
  faults.check('prefix', props.prefix, PREFIX);
  checkLabels(props, faults);
  faults.check('deletionProtection', props.deletionProtection, boolean);
  faults.check('enableApis', props.enableApis, boolean);
  faults.check('logLevel', props.logLevel, oneOf('debug', 'info', 'warn', 'error'));
};
