import { declarationsIn } from './provider-schema-stack.ts';
import {
  type Block,
  isObject,
  type Json,
  membersOf,
  type NestedBlock,
  ownOf,
  type ProviderSchema,
} from './provider-schema-types.ts';

/** A stack with one thing made wrong. */
export interface Mutation {
  /** What was done, by the type of the resource and not its name: the same everywhere. */
  readonly what: string;
  readonly json: Json;
}

type Path = readonly (string | number)[];

/** A named thing in a resource of a stack, with the schemas of where it stands. */
interface Site {
  readonly path: Path;
  readonly name: string;
  readonly value: unknown;
  readonly block: Block;
  readonly nested: NestedBlock | undefined;
  /** The block around the block that it stands in; nothing at the top of a resource. */
  readonly outer: Block | undefined;
}

type Edit = (members: Record<string, unknown>) => void;

/** A copy in which the object at the path is edited. */
const edited = (json: Json, path: Path, edit: Edit): Json => {
  const copy = structuredClone(json);
  const at = path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], copy);
  edit(at as Record<string, unknown>);
  return copy;
};

const sitesIn = (block: Block, body: Json, path: Path, outer: Block | undefined): readonly Site[] =>
  membersOf(body).flatMap(([name, value]): readonly Site[] => {
    const nested = ownOf(block.block_types, name);
    const isAttribute = ownOf(block.attributes, name) !== undefined;
    if (!nested) return isAttribute ? [{ path, name, value, block, nested, outer }] : [];
    const within = Array.isArray(value)
      ? value.map((one, index) => [one, [...path, name, index]] as const)
      : [[value, [...path, name]] as const];
    const below = within.flatMap(([one, at]) => sitesIn(nested.block, isObject(one) ? one : {}, at, block));
    return [{ path, name, value, block, nested, outer }, ...below];
  });

const isNeeded = ({ block, name, nested }: Site): boolean =>
  ownOf(block.attributes, name)?.required === true || (nested?.min_items ?? 0) > 0;

const OTHER_TYPE: Readonly<Record<string, unknown>> = { string: ['x'], number: '5', boolean: 'true' };

const isReference = (value: unknown): value is string =>
  typeof value === 'string' && /^\$\{(data\.)?google_\w+\.[\w-]+\.\w+\}$/.test(value);

/** What can be made wrong at a site, by name. */
const editsAt = (site: Site): Readonly<Record<string, Edit | undefined>> => {
  const { name, value, nested } = site;
  const set =
    (wrong: unknown): Edit =>
    (members) =>
      Object.assign(members, { [name]: wrong });
  const drop: Edit = (members) => Reflect.deleteProperty(members, name);
  const rename: Edit = (members) => {
    members[`${name}_x`] = value;
    drop(members);
  };
  const isLiteral = !nested && !isReference(value) && (typeof value) in OTHER_TYPE;
  return {
    drop: isNeeded(site) ? drop : undefined,
    rename,
    'other type': isLiteral ? set(OTHER_TYPE[typeof value]) : undefined,
    'as an attribute': nested ? set('text') : undefined,
    'as a block': nested ? undefined : set([{ name: ['x'] }]),
    twice: nested?.max_items === 1 ? set([value, value].flat()) : undefined,
    'misspelt attribute': isReference(value) ? set(value.replace('}', '_x}')) : undefined,
    'misspelt resource': isReference(value) ? set(value.replace(/\.\w+\}$/, '_x$&')) : undefined,
    'empty text': nested || typeof value !== 'object' ? undefined : set(''),
  };
};

/** The block of a site one level up, where there is nothing of that name. */
const movedUp = (json: Json, { path, name, value, nested, outer }: Site): Json | undefined => {
  const isKnown = ownOf(outer?.block_types, name) ?? ownOf(outer?.attributes, name);
  if (!nested || !outer || isKnown) return undefined;
  const above = typeof path.at(-1) === 'number' ? path.slice(0, -2) : path.slice(0, -1);
  const moved = edited(json, above, (members) => Object.assign(members, { [name]: value }));
  return edited(moved, path, (members) => Reflect.deleteProperty(members, name));
};

/** Every way in which one thing of a right stack can be made wrong, for each type and place once. */
export const mutationsOf = (json: Json, schema: ProviderSchema): readonly Mutation[] => {
  const found = new Map<string, Mutation>();
  const add = (what: string, mutate: () => Json | undefined): void => {
    if (found.has(what)) return;
    const wrong = mutate();
    if (wrong) found.set(what, { what, json: wrong });
  };
  for (const { address, kind, type, body } of declarationsIn(json)) {
    const block = (kind === 'data' ? schema.data_sources : schema.resources)[type] ?? {};
    const top = [kind, type, address.slice(address.lastIndexOf('.') + 1)];
    for (const site of sitesIn(block, body, top, undefined)) {
      const within = site.path.slice(top.length).filter((step) => typeof step === 'string');
      const place = [kind, type, ...within, site.name].join(' ');
      for (const [what, edit] of Object.entries(editsAt(site)))
        add(`${what}: ${place}`, () => edit && edited(json, site.path, edit));
      add(`one level up: ${place}`, () => movedUp(json, site));
    }
  }
  return [...found.values()];
};
