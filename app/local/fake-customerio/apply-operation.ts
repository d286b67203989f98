import type { FakeSettings } from './fake-options.ts';
import { isObject, type Json, textOf } from './operation-fault.ts';
import type { Arrival, FakeEvent, Person } from './person.ts';
import { applyObject, objectKey, related } from './relations.ts';
import { watchSubscription } from './watch-subscription.ts';
import type { Identifiers, Workspace } from './workspace.ts';

type Apply = (workspace: Workspace, operation: Json, settings: FakeSettings) => void;

const seconds = (settings: FakeSettings): number => Math.floor(settings.now() / 1000);
const timeOf = (operation: Json, settings: FakeSettings): number =>
  typeof operation['timestamp'] === 'number' ? operation['timestamp'] : seconds(settings);
const identifiersOf = (operation: Json): Identifiers => operation['identifiers'] as Identifiers;

const arrive = (person: Person, operation: Json, settings: FakeSettings): void => {
  if (person.arrivals.length >= settings.eventsPerPerson) return;
  const { action, name, id, timestamp, attributes } = operation;
  person.arrivals.push({
    at: new Date(settings.now()).toISOString(),
    action: String(action),
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    ...(timestamp !== undefined && { timestamp }),
    ...(action === 'identify' && { attributes }),
  } as Arrival);
};

const adoptAnonymous = (workspace: Workspace, person: Person, anonymousId: unknown): void => {
  if (typeof anonymousId !== 'string' || anonymousId === '') return;
  const { events, relationships } = workspace.anonymousOf(anonymousId);
  person.events.push(...events);
  for (const [key, relation] of relationships) person.relationships.set(key, relation);
  workspace.anonymous.delete(anonymousId);
};

const writeAttributes = (
  workspace: Workspace,
  person: Person,
  attributes: Json,
  { at, byCioId }: { readonly at: number; readonly byCioId: boolean },
): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === '_update' || name === '_timestamp' || name === 'cio_relationships') continue;
    // A conflict over an identifier is an "attribute update failure": answered 200, not applied.
    const isSet = value !== '' && value !== null;
    if (name === 'id') isSet && workspace.setId(person, textOf(value), byCioId);
    else if (name === 'email') workspace.setEmail(person, isSet ? textOf(value) : '', at);
    else person.write(name, value, at);
  }
};

const identify: Apply = (workspace, operation, settings) => {
  const attributes = isObject(operation['attributes']) ? operation['attributes'] : {};
  const identifiers = identifiersOf(operation);
  if (attributes['_update'] === true && !workspace.find(identifiers)) return;
  const byBody = ['id', 'email'].flatMap((name) => {
    const value = attributes[name];
    return typeof value === 'string' && value !== '' ? (workspace.find({ [name]: value }) ?? []) : [];
  });
  const known = workspace.find(identifiers);
  // Somebody who has another id stays who they are.
  const adopted = byBody.find((one) => identifiers['id'] === undefined || one.id === undefined);
  // An unknown path id and a known body identifier are one person, who gets the path id.
  const person =
    known ??
    (identifiers['cio_id'] === undefined ? (adopted ?? workspace.findOrCreate(identifiers)) : undefined);
  if (person === undefined) return;
  if (!known && identifiers['id'] !== undefined) workspace.setId(person, textOf(identifiers['id']));
  workspace.stats.identifies += 1;
  arrive(person, operation, settings);
  const byCioId = identifiers['cio_id'] !== undefined;
  const report = watchSubscription(workspace, person, attributes);
  writeAttributes(workspace, person, attributes, { at: timeOf(operation, settings), byCioId });
  report();
  adoptAnonymous(workspace, person, attributes['anonymous_id']);
  relate(workspace, { ...operation, identifiers: { cio_id: person.cioId } }, settings);
};

const happen: Apply = (workspace, operation, settings) => {
  if (!workspace.isNew(operation['id'])) {
    workspace.stats.duplicates += 1;
    return;
  }
  const identifiers = identifiersOf(operation);
  const anonymousId = identifiers['anonymous_id'];
  const person = workspace.findOrCreate(identifiers);
  const events =
    anonymousId === undefined ? person?.events : workspace.anonymousOf(textOf(anonymousId)).events;
  if (events === undefined) return;
  workspace.stats.events += 1;
  if (person !== undefined) arrive(person, operation, settings);
  if (events.length < settings.eventsPerPerson) events.push(eventOf(operation, settings));
};

/** An event as it is kept: its name without the spaces around it, its time now unless it brings one. */
export const eventOf = (operation: Json, settings: FakeSettings): FakeEvent => ({
  name: String(operation['name']).trim(),
  type: String(operation['action']),
  ...(typeof operation['id'] === 'string' && { id: operation['id'] }),
  timestamp: timeOf(operation, settings),
  attributes: operation['attributes'] ?? {},
});

const relate: Apply = (workspace, operation) => {
  const person = workspace.find(identifiersOf(operation));
  const { action, cio_relationships: relations } = operation;
  const isRemoval = (isObject(relations) ? relations['action'] : action) === 'delete_relationships';
  for (const relation of related(relations).filter(isObject)) {
    if (!isObject(relation['identifiers'])) continue;
    const key = objectKey(relation['identifiers']);
    if (isRemoval) person?.relationships.delete(key);
    else person?.relationships.set(key, relation);
  }
};

const merge: Apply = (workspace, operation) => {
  const primary = workspace.find(operation['primary'] as Identifiers);
  const secondary = workspace.find(operation['secondary'] as Identifiers);
  if (!primary || !secondary || primary === secondary) return;
  workspace.remove(secondary);
  const email = primary.attribute('email');
  primary.fillFrom(secondary);
  const taken = primary.attribute('email');
  if (email === undefined && typeof taken === 'string')
    workspace.setEmail(primary, taken, Number.NEGATIVE_INFINITY);
};

const addDevice: Apply = (workspace, operation) => {
  const device = operation['device'] as Json;
  const token = String(device['token']);
  for (const other of workspace.people) other.devices.delete(token);
  workspace.findOrCreate(identifiersOf(operation))?.devices.set(token, device);
};

const PERSON: Readonly<Record<string, Apply>> = {
  identify,
  event: happen,
  page: happen,
  screen: happen,
  viewed_content: happen,
  clicked_content: happen,
  delete: (workspace, operation) => {
    const person = workspace.find(identifiersOf(operation));
    if (person) workspace.remove(person);
  },
  suppress: (workspace, operation) => workspace.suppress(identifiersOf(operation)),
  unsuppress: (workspace, operation) => workspace.unsuppress(identifiersOf(operation)),
  add_device: addDevice,
  delete_device: (workspace, operation) => {
    workspace.find(identifiersOf(operation))?.devices.delete(String((operation['device'] as Json)['token']));
  },
  merge,
  add_relationships: relate,
  delete_relationships: relate,
};

const reach: Apply = (workspace, { identifiers, name, timestamp }) => {
  const at = typeof timestamp === 'number' ? timestamp : undefined;
  workspace.listener.reached(textOf((identifiers as Json)['id']), String(name), at);
};

/** Who an operation is about, as far as suppression and scripted faults are concerned. */
export const personNamed = (operation: Json): Identifiers =>
  (isObject(operation['identifiers']) ? operation['identifiers'] : (operation['primary'] as Identifiers)) ??
  {};

/**
 * Applies one operation that was found valid (contract, sections 2, 3 and 9). What a suppressed person is named in is ignored.
 */
export const applyOperation: Apply = (workspace, operation, settings) => {
  workspace.stats.operations += 1;
  const { type, action } = operation;
  if (type === 'object') applyObject(workspace, operation);
  if (type === 'delivery') reach(workspace, operation, settings);
  if (type !== 'person') return;
  if (action !== 'unsuppress' && workspace.isSuppressed(personNamed(operation))) {
    workspace.stats.suppressed += 1;
    return;
  }
  PERSON[String(action)]?.(workspace, operation, settings);
};
