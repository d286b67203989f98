/** A type in Terraform's notation: `'string'`, `['list', 'string']`, `['object', { name: 'string' }]`. */
export type SchemaType =
  | 'string'
  | 'number'
  | 'bool'
  | readonly ['list' | 'set' | 'map', SchemaType]
  | readonly ['object', Readonly<Record<string, SchemaType>>];

/** An attribute of a block. */
export interface Attribute {
  readonly type: SchemaType;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
}

/** How a block may stand in another. */
export interface NestedBlock {
  readonly nesting_mode: 'single' | 'list' | 'set';
  readonly min_items?: number;
  readonly max_items?: number;
  readonly block: Block;
}

/** What a resource, or a block in one, may hold. */
export interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, NestedBlock>>;
}

/** The part of a provider's schema that a check needs, as `terraform providers schema -json` has it. */
export interface ProviderSchema {
  readonly version: string;
  readonly provider_block: Block;
  readonly resources: Readonly<Record<string, Block>>;
  readonly data_sources: Readonly<Record<string, Block>>;
}

/** A parsed object of a stack's JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Takes a fault; `path` is empty for the thing as a whole. */
export type Report = (path: string, rule: string) => void;

/** The fault of a value that CDKTF has put a placeholder for and not filled in. */
export const UNRESOLVED = 'token of CDKTF that was not resolved';

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of an object of the JSON; none where it is no object. Comments are left out. */
export const membersOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  isObject(value) ? Object.entries(value).filter(([name]) => name !== '//') : [];

export const joined = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** What a table of the schema holds under a name; names such as `constructor` are in no table. */
export const ownOf = <T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
