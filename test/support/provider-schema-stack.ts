import { isObject, type Json, joined, membersOf } from './provider-schema-types.ts';

/** A resource or data source of a stack. */
export interface Declared {
  /** Such as `google_pubsub_topic.events`; a data source's begins with `data.`. */
  readonly address: string;
  readonly kind: 'resource' | 'data';
  readonly type: string;
  readonly body: Json;
}

/** A string of the JSON, with what holds it: a resource, a data source, an output, a local value, a provider. */
export interface Text {
  readonly owner: string;
  readonly path: string;
  readonly text: string;
}

/** The names that hold addresses or paths and no expressions. */
const NO_EXPRESSIONS: ReadonlySet<string> = new Set([
  'depends_on',
  'lifecycle.ignore_changes',
  'lifecycle.replace_triggered_by',
]);

const declaredIn = (json: Json, kind: Declared['kind']): readonly Declared[] =>
  membersOf(json[kind]).flatMap(([type, byName]) =>
    membersOf(byName).map(([name, body]) => ({
      address: `${kind === 'data' ? 'data.' : ''}${type}.${name}`,
      kind,
      type,
      body: isObject(body) ? body : {},
    })),
  );

/** The resources and data sources of a stack. */
export const declarationsIn = (json: Json): readonly Declared[] => [
  ...declaredIn(json, 'resource'),
  ...declaredIn(json, 'data'),
];

/** The blocks of the providers, with the provider's name. */
export const providersIn = (json: Json): readonly (readonly [string, Json])[] =>
  membersOf(json['provider']).flatMap(([name, value]) =>
    [value].flat().map((block) => [name, isObject(block) ? block : {}] as const),
  );

const stringsIn = (owner: string, value: unknown, path: string): readonly Text[] => {
  if (typeof value === 'string') return [{ owner, path, text: value }];
  if (NO_EXPRESSIONS.has(path)) return [];
  if (Array.isArray(value)) return value.flatMap((one) => stringsIn(owner, one, path));
  return membersOf(value).flatMap(([name, one]) => [
    { owner, path, text: name },
    ...stringsIn(owner, one, joined(path, name)),
  ]);
};

/** Every string of a stack that may hold expressions, the keys of maps included. */
export const textsIn = (json: Json): readonly Text[] => [
  ...declarationsIn(json).flatMap(({ address, body }) => stringsIn(address, body, '')),
  ...providersIn(json).flatMap(([name, body]) => stringsIn(`provider.${name}`, body, '')),
  ...membersOf(json['output']).flatMap(([name, body]) => stringsIn(`output.${name}`, body, '')),
  ...membersOf(json['locals']).flatMap(([name, value]) => stringsIn(`local.${name}`, value, '')),
  ...membersOf(json['variable']).flatMap(([name, body]) => stringsIn(`var.${name}`, body, '')),
];
