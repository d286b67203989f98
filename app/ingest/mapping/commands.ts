import type { JsonObject } from '../../contract/record.ts';
import type { Fault } from '../../contract/schemas/fault.ts';
import { isObject } from '../read-json.ts';
import { withDatesAsSeconds } from './iso-dates.ts';
import { idFaults, objectTypeOf } from './object-parts.ts';
import { idText, isText, type Misshapen, objectOf, type Shaped, type ShapeInput, shaped } from './shape.ts';

/** Reads a track call as a command; undefined where it is an event after all. */
type ReadCommand = (input: ShapeInput) => Shaped | Misshapen | undefined;

const missing = (...faults: readonly Fault[]): Misshapen => ({ kind: 'refused', faults });

const isOneOf = <T extends string>(words: readonly T[], value: unknown): value is T =>
  (words as readonly unknown[]).includes(value);

const propertiesOf = ({ item }: ShapeInput): JsonObject => objectOf(item['properties']);

/** Platforms that SDKs name, as Customer.io names them. */
const PLATFORMS: Readonly<Record<string, 'ios' | 'android'>> = {
  ios: 'ios',
  watchos: 'ios',
  ipados: 'ios',
  tvos: 'ios',
  android: 'android',
};

interface Device {
  readonly token: string;
  readonly platform: 'ios' | 'android' | undefined;
}

const platformOf = (type: unknown): 'ios' | 'android' | undefined => {
  const name = typeof type === 'string' ? type.toLowerCase() : '';
  return Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name] : undefined;
};

/** The device of a call: of its context, or of its properties as Customer.io's page shows it. */
const deviceOf = ({ item }: ShapeInput): Device | undefined => {
  const context = objectOf(item['context'])['device'];
  const property = objectOf(item['properties'])['device'];
  const devices = [context, property].filter(isObject);
  const token = devices.map((device) => device['token']).find(isText);
  if (token === undefined) return undefined;
  const platform = devices.map((device) => platformOf(device['type'])).find((found) => found !== undefined);
  return { token, platform };
};

const appVersionOf = ({ item }: ShapeInput): JsonObject => {
  const app = objectOf(item['context'])['app'];
  const version = isObject(app) ? app['version'] : undefined;
  return isText(version) ? { app_version: version } : {};
};

/** Without a person, a token or a platform that Customer.io sends to it is an event, so that an app without push loses nothing. */
const addDevice: ReadCommand = (input) => {
  const device = deviceOf(input);
  if (input.userId === undefined || device?.platform === undefined) return undefined;
  const { device: _device, ...properties } = propertiesOf(input);
  const attributes = { ...appVersionOf(input), ...withDatesAsSeconds(properties) };
  const { token, platform } = device;
  const written = { token, platform, last_used: input.seconds, attributes };
  return shaped('device', { action: 'add_device', device: written });
};

const deleteDevice: ReadCommand = (input) => {
  const device = deviceOf(input);
  if (input.userId === undefined || device === undefined) return undefined;
  return shaped('device', { action: 'delete_device', device: { token: device.token } });
};

const ofUser =
  (type: 'delete' | 'suppress' | 'unsuppress'): ReadCommand =>
  ({ userId }) =>
    userId === undefined ? missing({ field: 'userId', rule: 'is required' }) : shaped(type, {});

const ofObject =
  (action: 'delete' | 'delete_relationships'): ReadCommand =>
  (input) => {
    const properties = propertiesOf(input);
    const objectId = idText(properties['objectId']);
    if (objectId === undefined) return missing({ field: 'properties.objectId', rule: 'is required' });
    const faults = idFaults('properties.objectId', objectId);
    if (faults.length > 0) return missing(...faults);
    const object = { object_type_id: objectTypeOf(properties), object_id: objectId };
    return shaped('object', { action, object });
  };

export const METRICS: readonly string[] = [
  'delivered',
  'opened',
  'clicked',
  'converted',
  'spammed',
  'bounced',
  'dropped',
  'deferred',
];

const textFaults = (properties: JsonObject, names: readonly string[]): readonly Fault[] =>
  names
    .filter((name) => properties[name] != null && typeof properties[name] !== 'string')
    .map((name) => ({ field: `properties.${name}`, rule: 'must be a string' }));

const reportDelivery: ReadCommand = (input) => {
  const properties = propertiesOf(input);
  const { deliveryId, metric, recipient, reason, href, actionName, actionValue } = properties;
  const faults = [
    ...(isText(deliveryId) ? [] : [{ field: 'properties.deliveryId', rule: 'is required' }]),
    ...(isOneOf(METRICS, metric)
      ? []
      : [{ field: 'properties.metric', rule: `must be one of ${METRICS.join(', ')}` }]),
    ...textFaults(properties, ['recipient', 'reason', 'href', 'actionName', 'actionValue']),
  ];
  if (faults.length > 0 || !isText(deliveryId) || !isOneOf(METRICS, metric)) return missing(...faults);
  const metadata = {
    ...(isText(actionName) && { action_name: actionName }),
    ...(isText(actionValue) && { action_value: actionValue }),
  };
  return shaped('metric', {
    delivery_id: deliveryId,
    metric,
    ...(isText(recipient) && { recipient }),
    ...(isText(reason) && { reason }),
    ...(isText(href) && { href }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  });
};

export const CONTENT_ACTIONS = ['viewed_content', 'clicked_content'] as const;

const reportContent: ReadCommand = (input) => {
  const { actionType, ...properties } = propertiesOf(input);
  if (!isOneOf(CONTENT_ACTIONS, actionType)) {
    const rule = `must be one of ${CONTENT_ACTIONS.join(', ')}`;
    return missing({ field: 'properties.actionType', rule });
  }
  const { userId, anonymousId } = input;
  const hasBoth = userId !== undefined && anonymousId !== undefined;
  const attributes = {
    ...(hasBoth && { anonymous_id: anonymousId }),
    ...withDatesAsSeconds(properties),
  };
  return shaped('content', { action: actionType, attributes });
};

const COMMANDS: Readonly<Record<string, ReadCommand>> = {
  'Application Installed': addDevice,
  'Application Opened': addDevice,
  'Application Uninstalled': deleteDevice,
  'Device Created or Updated': addDevice,
  'Device Deleted': deleteDevice,
  'User Deleted': ofUser('delete'),
  'User Suppressed': ofUser('suppress'),
  'User Unsuppressed': ofUser('unsuppress'),
  'Object Deleted': ofObject('delete'),
  'Relationship Deleted': ofObject('delete_relationships'),
  'Report Delivery Event': reportDelivery,
  'Report Content Event': reportContent,
};

/**
 * A track call whose name, to the letter, is one of Customer.io's semantic events: the operation that it stands for.
 *
 * @returns undefined where it is an event; refused where a part that the operation needs is missing
 * @see https://docs.customer.io/integrations/data-in/semantic-events/
 */
export const readCommand = (input: ShapeInput): Shaped | Misshapen | undefined => {
  const { event } = input.item;
  if (typeof event !== 'string' || !Object.hasOwn(COMMANDS, event)) return undefined;
  return COMMANDS[event]?.(input);
};
