import { isExpression } from './provider-schema-expressions.ts';
import { isObject, joined, type Report, type SchemaType, UNRESOLVED } from './provider-schema-types.ts';

/** What a number looks like that CDKTF has encoded and not resolved. */
const ENCODED_NUMBER = -1e280;

const nameOf = (value: unknown): string => {
  if (Array.isArray(value)) return 'list';
  if (isObject(value)) return 'object';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};

const primitiveFaults = (type: SchemaType, value: unknown, path: string, report: Report): void => {
  if (nameOf(value) !== type) report(path, `${type} expected, got a ${nameOf(value)}`);
};

const itemFaults = (kind: string, item: SchemaType, value: unknown, path: string, report: Report): void => {
  if (!Array.isArray(value)) return report(path, `${kind} expected, got a ${nameOf(value)}`);
  for (const [index, one] of value.entries()) valueFaults(item, one, `${path}[${index}]`, report);
};

const entryFaults = (item: SchemaType, value: unknown, path: string, report: Report): void => {
  if (!isObject(value)) return report(path, `map expected, got a ${nameOf(value)}`);
  for (const [key, one] of Object.entries(value)) valueFaults(item, one, joined(path, key), report);
};

const objectFaults = (
  members: Readonly<Record<string, SchemaType>>,
  value: unknown,
  path: string,
  report: Report,
): void => {
  if (!isObject(value)) return report(path, `object expected, got a ${nameOf(value)}`);
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(members, name)) report(joined(path, name), 'no such member');
  }
  for (const [name, type] of Object.entries(members)) {
    if (value[name] === undefined) report(joined(path, name), 'missing');
    else valueFaults(type, value[name], joined(path, name), report);
  }
};

/** Reports where a literal is not of the attribute's type. Expressions are of any type. */
export const valueFaults = (type: SchemaType, value: unknown, path: string, report: Report): void => {
  if (typeof value === 'number' && value < ENCODED_NUMBER) return report(path, UNRESOLVED);
  if (typeof value === 'string' && isExpression(value)) return;
  if (typeof type === 'string') return primitiveFaults(type, value, path, report);
  const [kind, item] = type;
  if (kind === 'object') return objectFaults(item, value, path, report);
  if (kind === 'map') return entryFaults(item, value, path, report);
  return itemFaults(kind, item, value, path, report);
};
