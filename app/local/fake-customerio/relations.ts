import { isObject, type Json, textOf } from './operation-fault.ts';
import type { Workspace } from './workspace.ts';

/** Relations as v2 writes them, a list, or v1, an object with an action and a list (contract, section 3). */
export const related = (value: unknown): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  const list = isObject(value) ? value['relationships'] : undefined;
  return Array.isArray(list) ? list : [];
};

/** One text for an object, however its identifiers were written. */
export const objectKey = (identifiers: Json): string =>
  identifiers['cio_object_id'] === undefined
    ? `${textOf(identifiers['object_type_id'])}\0${textOf(identifiers['object_id'])}`
    : `\0${textOf(identifiers['cio_object_id'])}`;

/** The relationships of the person that identifiers name, made if need be, or of somebody not known yet. */
const relationshipsOf = (workspace: Workspace, named: Json): Map<string, unknown> | undefined => {
  const anonymous = named['anonymous_id'];
  if (anonymous === undefined) return workspace.findOrCreate(named)?.relationships;
  return workspace.anonymousOf(textOf(anonymous)).relationships;
};

const membersOf = (operation: Json): readonly Json[] => {
  const { cio_relationships: relations, anonymous_id: anonymous } = operation;
  // The example of `identify_anonymous` in the API's description names somebody so.
  const beside = anonymous === undefined ? [] : [{ identifiers: { anonymous_id: anonymous } }];
  return [...related(relations).filter(isObject), ...beside];
};

/** What happens to an object: it is written or deleted, and people join or leave it. */
export const applyObject = (workspace: Workspace, operation: Json): void => {
  const { action, attributes } = operation;
  const identifiers = operation['identifiers'] as Json;
  const key = objectKey(identifiers);
  if (action === 'delete') workspace.removeObject(key);
  if (action === 'identify' || action === 'identify_anonymous') {
    const before = workspace.objects.get(key);
    const merged = {
      ...(before?.['attributes'] as Json | undefined),
      ...(isObject(attributes) ? attributes : {}),
    };
    workspace.objects.set(key, { identifiers, attributes: merged });
  }
  for (const relation of membersOf(operation)) {
    const named = relation['identifiers'];
    if (!isObject(named) || workspace.isSuppressed(named)) continue;
    const relationships = relationshipsOf(workspace, named);
    if (action === 'delete_relationships') relationships?.delete(key);
    else relationships?.set(key, { ...relation, identifiers });
  }
};
