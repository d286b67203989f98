import {
  type Attribute,
  type Block,
  isObject,
  type Json,
  joined,
  membersOf,
  type NestedBlock,
  ownOf,
  type Report,
} from './provider-schema-types.ts';
import { valueFaults } from './provider-schema-value.ts';

const attributeFaults = (attribute: Attribute, value: unknown, path: string, report: Report): void => {
  const { required = false, optional = false } = attribute;
  if (!required && !optional) return report(path, 'set by the provider alone');
  valueFaults(attribute.type, value, path, report);
};

const countFault = (count: number, { min_items = 0, max_items }: NestedBlock): string | undefined => {
  if (count < min_items) return `at least ${min_items} blocks, got ${count}`;
  if (max_items !== undefined && count > max_items) return `at most ${max_items} blocks, got ${count}`;
  return undefined;
};

const nestedFaults = (nested: NestedBlock, value: unknown, path: string, report: Report): void => {
  if (Array.isArray(value) && nested.nesting_mode === 'single') return report(path, 'one block, got a list');
  const blocks: readonly unknown[] = Array.isArray(value) ? value : [value];
  const miscounted = countFault(blocks.length, nested);
  if (miscounted !== undefined) report(path, miscounted);
  for (const [index, block] of blocks.entries()) {
    const at = blocks.length > 1 ? `${path}[${index}]` : path;
    if (isObject(block)) blockFaults(nested.block, block, at, report);
    else report(at, 'a block, but given as an attribute');
  }
};

const absentIn = ({ attributes = {}, block_types = {} }: Block, body: Json): readonly string[] => {
  const isAbsent = (name: string): boolean => body[name] === undefined || body[name] === null;
  return [
    ...Object.keys(attributes).filter((name) => attributes[name]?.required === true && isAbsent(name)),
    ...Object.keys(block_types).filter((name) => (block_types[name]?.min_items ?? 0) > 0 && isAbsent(name)),
  ];
};

/**
 * Reports where a block has what its schema does not know, or lacks what it asks for.
 *
 * @param extra names that may stand in this block and are checked elsewhere
 */
export const blockFaults = (
  block: Block,
  body: Json,
  path: string,
  report: Report,
  extra: ReadonlySet<string> = new Set(),
): void => {
  for (const [name, value] of membersOf(body)) {
    if (value === null || extra.has(name)) continue;
    const at = joined(path, name);
    const attribute = ownOf(block.attributes, name);
    const nested = ownOf(block.block_types, name);
    if (attribute) attributeFaults(attribute, value, at, report);
    else if (nested) nestedFaults(nested, value, at, report);
    else report(at, 'no such attribute');
  }
  for (const name of absentIn(block, body)) report(joined(path, name), 'missing');
};
