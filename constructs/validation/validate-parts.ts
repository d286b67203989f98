import { SECRETS } from '../../app/contract/secrets.ts';
import { EVENT_WINDOW_DAYS } from '../../app/contract/warehouse.ts';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import type { NetworkProps } from '../props/network-props.ts';
import type { RuntimeProps } from '../props/runtime-props.ts';
import type { RotationProps } from '../props/secrets-props.ts';
import type { Settings } from '../settings/settings.ts';
import { PRIVATE_RANGE } from './addresses.ts';
import type { Faults, Rule } from './faults.ts';
import {
  BUCKET_NAME,
  boolean,
  FULL_TOPIC,
  IMAGE,
  NODE_IMAGE_REFERENCE,
  oneOf,
  RFC1035_NAME,
  TOPIC_NAME,
  text,
  wholeNumber,
} from './rules.ts';
import { REGION } from './validate-basics.ts';
import { validateDatasetAccess } from './validate-dataset-access.ts';
import { validateHardening } from './validate-hardening.ts';

const MOST_DAYS = 3650;
const TIME_SHAPE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const TIME: Rule = (value) => {
  const time = typeof value === 'string' && TIME_SHAPE.test(value) ? Date.parse(value) : Number.NaN;
  const isReal = !Number.isNaN(time) && new Date(time).toISOString().replace('.000Z', 'Z') === value;
  return isReal ? undefined : 'must be a time in UTC, such as 2027-01-01T00:00:00Z';
};
const FULL_NETWORK = text(
  /^projects\/[^/]+\/global\/networks\/[^/]+$/,
  'a full name: projects/…/global/networks/…',
);
const MIRROR = text(
  /^[a-z0-9-]+-docker\.pkg\.dev\/[^/\s]+\/[a-z0-9-]+$/,
  'an Artifact Registry repository: <region>-docker.pkg.dev/<project>/<repository>',
);

const regional = (
  kind: string,
  location: string,
  shape: (region: string) => string,
): ReturnType<typeof text> =>
  REGION(location) === undefined
    ? text(new RegExp(`^${shape(location)}$`), `a full name of a ${kind} in ${location}`)
    : text(new RegExp(`^${shape('[^/]+')}$`), `a full name of a ${kind}`);

const validateNetwork = (network: NetworkProps, props: CustomerIoIntegrationProps, faults: Faults): void => {
  const { kafka, location } = props;
  const isMade = network.vpcProps !== undefined || kafka?.managed !== undefined;
  faults.exclusive('network', network, 'existingVpc', 'vpcProps');
  faults.check('network.vpcProps.cidr', network.vpcProps?.cidr, PRIVATE_RANGE);
  faults.check('network.staticAddress', network.staticAddress, boolean);
  const { existingVpc } = network;
  if (network.staticAddress === true && existingVpc === undefined && !isMade)
    faults.add('network.staticAddress', 'needs network.existingVpc or network.vpcProps', true);
  if (existingVpc === undefined) return;
  if (network.staticAddress !== undefined && network.staticAddress !== false)
    faults.known('network.existingVpc.network', existingVpc.network);
  faults.required('network.existingVpc.network', existingVpc.network, FULL_NETWORK);
  const subnetwork = regional(
    'subnetwork',
    location,
    (region) => `projects/[^/]+/regions/${region}/subnetworks/[^/]+`,
  );
  faults.required('network.existingVpc.subnetwork', existingVpc.subnetwork, subnetwork);
  if (existingVpc.tags !== undefined) faults.each('network.existingVpc.tags', existingVpc.tags, RFC1035_NAME);
};

const aFunction: Rule = (value) => (typeof value === 'function' ? undefined : 'must be a function');

const validateRuntime = (runtime: RuntimeProps, faults: Faults): void => {
  faults.check('runtime.image', runtime.image, IMAGE);
  faults.check('runtime.nodeImage', runtime.nodeImage, NODE_IMAGE_REFERENCE);
  faults.check('runtime.bundle', runtime.bundle, aFunction);
  faults.exclusive('runtime', runtime, 'existingBucket', 'bucketProps');
  faults.exclusive('runtime', runtime, 'existingImageMirror', 'imageMirrorProps');
  for (const name of [
    'nodeImage',
    'existingBucket',
    'bucketProps',
    'existingImageMirror',
    'imageMirrorProps',
    'bundle',
  ]) {
    faults.exclusive('runtime', runtime, 'image', name);
  }
  faults.check('runtime.existingBucket', runtime.existingBucket, BUCKET_NAME);
  faults.check('runtime.bucketProps.name', runtime.bucketProps?.name, BUCKET_NAME);
  faults.check('runtime.existingImageMirror', runtime.existingImageMirror, MIRROR);
  faults.check('runtime.imageMirrorProps.repositoryId', runtime.imageMirrorProps?.repositoryId, RFC1035_NAME);
};

const validateRotation = (rotation: RotationProps, faults: Faults): void => {
  faults.known('secrets.rotation.periodDays', rotation.periodDays);
  faults.required('secrets.rotation.periodDays', rotation.periodDays, wholeNumber(1, MOST_DAYS));
  faults.required('secrets.rotation.nextRotationTime', rotation.nextRotationTime, TIME);
  faults.exclusive('secrets.rotation', rotation, 'existingTopic', 'topicProps');
  faults.check('secrets.rotation.existingTopic', rotation.existingTopic, FULL_TOPIC);
  faults.check('secrets.rotation.topicProps.name', rotation.topicProps?.name, TOPIC_NAME);
};

const validatePlaceholders = (placeholders: unknown, used: Settings['secrets'], faults: Faults): void => {
  const prop = 'secrets.placeholders';
  faults.known(prop, placeholders);
  if (!Array.isArray(placeholders))
    return faults.check(prop, placeholders, (value) =>
      typeof value === 'boolean' ? undefined : 'must be true, false or a list of secrets',
    );
  if (placeholders.length > 0) faults.each(prop, placeholders, oneOf(...used));
  for (const [index, name] of placeholders.entries()) faults.known(`${prop}[${index}]`, name);
};

const validateSecrets = (props: CustomerIoIntegrationProps, settings: Settings, faults: Faults): void => {
  for (const [name, value] of Object.entries(props.secrets?.values ?? {})) {
    const prop = `secrets.values.${name}`;
    if (!Object.hasOwn(SECRETS, name))
      faults.addHidden(prop, `is no secret; there are ${Object.keys(SECRETS).join(', ')}`, value);
    else if (!settings.secrets.includes(name as keyof typeof SECRETS))
      faults.add(prop, 'is not used with these props', value);
    else faults.required(`${prop}.version`, value?.version, wholeNumber(1, 1_000_000));
  }
  validatePlaceholders(props.secrets?.placeholders, settings.secrets, faults);
  if (props.secrets?.rotation !== undefined) validateRotation(props.secrets.rotation, faults);
};

const DATASET_ID = text(/^[A-Za-z0-9_]{1,1024}$/, 'a dataset’s id: letters, digits and underscores');
const DATASET_LOCATION = text(/^(EU|US|[a-z]+-[a-z]+[1-9][0-9]?)$/, 'EU, US or a region');
/** Late webhooks must not fall into a partition that has expired. */
const FEWEST_DAYS = EVENT_WINDOW_DAYS.past + EVENT_WINDOW_DAYS.future;

const validateWarehouse = (props: CustomerIoIntegrationProps, faults: Faults): void => {
  const { customerIoRegion, encryption, location, warehouse } = props;
  if (warehouse === undefined) return;
  faults.exclusive('warehouse', warehouse, 'existingDataset', 'datasetProps');
  faults.check('warehouse.existingDataset', warehouse.existingDataset, DATASET_ID);
  faults.check('warehouse.datasetProps.datasetId', warehouse.datasetProps?.datasetId, DATASET_ID);
  const residence = warehouse.datasetProps?.location;
  faults.check('warehouse.datasetProps.location', residence, DATASET_LOCATION);
  const isOutside =
    typeof residence === 'string' &&
    DATASET_LOCATION(residence) === undefined &&
    !/^(EU$|europe-)/.test(residence);
  if (customerIoRegion === 'eu' && isOutside)
    faults.add(
      'warehouse.datasetProps.location',
      'must be EU or begin with europe- where customerIoRegion is eu',
      residence,
    );
  else if (encryption !== undefined && residence !== undefined && !REGION(location) && residence !== location)
    faults.add('warehouse.datasetProps.location', `must be that of the key, ${location}`, residence);
  validateDatasetAccess(warehouse, faults);
  faults.known('warehouse.eventDays', warehouse.eventDays);
  faults.known('warehouse.quarantineDays', warehouse.quarantineDays);
  faults.check('warehouse.eventDays', warehouse.eventDays, wholeNumber(FEWEST_DAYS, MOST_DAYS));
  faults.check('warehouse.quarantineDays', warehouse.quarantineDays, wholeNumber(FEWEST_DAYS, MOST_DAYS));
};

/** Runtime, secrets, encryption, network and warehouse. */
export const validateParts = (
  props: CustomerIoIntegrationProps,
  settings: Settings,
  faults: Faults,
): void => {
  const { encryption, network, runtime, location } = props;
  if (runtime !== undefined) validateRuntime(runtime, faults);
  validateHardening(props, faults);
  validateSecrets(props, settings, faults);
  validateWarehouse(props, faults);
  faults.exclusive('encryption', encryption, 'existingKey', 'keyProps');
  if (encryption !== undefined && encryption.existingKey === undefined && encryption.keyProps === undefined)
    faults.add('encryption', 'must have existingKey or keyProps', encryption);
  const key = regional(
    'key',
    location,
    (region) => `projects/[^/]+/locations/${region}/keyRings/[^/]+/cryptoKeys/[^/]+`,
  );
  faults.known('encryption.keyProps.rotationDays', encryption?.keyProps?.rotationDays);
  faults.check('encryption.existingKey', encryption?.existingKey, key);
  faults.check(
    'encryption.keyProps.protectionLevel',
    encryption?.keyProps?.protectionLevel,
    oneOf('SOFTWARE', 'HSM'),
  );
  faults.check(
    'encryption.keyProps.rotationDays',
    encryption?.keyProps?.rotationDays,
    wholeNumber(1, MOST_DAYS),
  );
  if (network !== undefined) validateNetwork(network, props, faults);
};
