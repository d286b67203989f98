import { type Block, ownOf, type SchemaType } from './provider-schema-types.ts';

/** One step of a path into a resource: a name, an index or key in brackets, or a splat. */
export type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index' }
  | { readonly kind: 'splat' };

const typeFault = (type: SchemaType, [step, ...rest]: readonly Step[]): string | undefined => {
  if (step === undefined) return undefined;
  if (typeof type === 'string') return `a ${type} has nothing inside`;
  const [kind, item] = type;
  if (kind === 'object') {
    const member = step.kind === 'name' ? ownOf(item, step.name) : undefined;
    return member === undefined ? 'no such member' : typeFault(member, rest);
  }
  if (kind === 'map') return step.kind === 'splat' ? 'a map has no splat' : typeFault(item, rest);
  if (step.kind === 'name') return `a ${kind} needs an index before ${step.name}`;
  if (step.kind === 'index' && kind === 'set') return 'a set has no index';
  return typeFault(item, rest);
};

/**
 * Why a path does not lead to anything in a block; nothing where it does.
 *
 * @param steps from the block on, such as those of `template[0].containers[0].image`
 */
export const pathFault = (block: Block, [first, ...rest]: readonly Step[]): string | undefined => {
  if (first === undefined) return undefined;
  if (first.kind !== 'name') return 'no count and no for_each';
  const attribute = ownOf(block.attributes, first.name);
  if (attribute) return typeFault(attribute.type, rest);
  const nested = ownOf(block.block_types, first.name);
  if (!nested) return `no such attribute: ${first.name}`;
  if (nested.nesting_mode === 'single') return pathFault(nested.block, rest);
  const [step, ...below] = rest;
  if (step === undefined) return undefined;
  if (step.kind === 'name') return `${first.name} needs an index before ${step.name}`;
  if (step.kind === 'index' && nested.nesting_mode === 'set')
    return `${first.name} is a set and has no index`;
  return pathFault(nested.block, below);
};
