import { expressionsIn, type Traversal, traversalsOf } from './provider-schema-expressions.ts';
import { pathFault, type Step } from './provider-schema-path.ts';
import { type Declared, type Text, textsIn } from './provider-schema-stack.ts';
import { isObject, type Json, type ProviderSchema, UNRESOLVED } from './provider-schema-types.ts';

/** One thing that another one refers to. */
export interface Reference {
  readonly owner: string;
  readonly path: string;
  /** Address of a resource, a data source, a variable or a local value. */
  readonly target: string;
  /** Why there is no such thing; nothing where there is. */
  readonly fault: string | undefined;
}

const OF_TERRAFORM: ReadonlySet<string> = new Set(['each', 'count', 'self', 'path', 'terraform']);
const ADDRESS = /^(data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*$/;

const nameAt = (steps: readonly Step[], index: number): string => {
  const step = steps[index];
  return step?.kind === 'name' ? step.name : '';
};

const within = (declared: Declared, steps: readonly Step[], schema: ProviderSchema): string | undefined => {
  const { resources, data_sources } = schema;
  const block = (declared.kind === 'data' ? data_sources : resources)[declared.type];
  const isMany = 'count' in declared.body || 'for_each' in declared.body;
  if (!block) return undefined;
  return pathFault(block, isMany && steps[0]?.kind !== 'name' ? steps.slice(1) : steps);
};

/** Resolves references in one stack. */
export type Resolve = (
  traversal: Traversal,
) => { readonly target: string; readonly fault: string | undefined } | undefined;

/** @returns what a reference leads to; nothing for names that Terraform itself gives, and for bare ones */
export const resolverFor = (json: Json, declared: readonly Declared[], schema: ProviderSchema): Resolve => {
  const byAddress = new Map(declared.map((one) => [one.address, one]));
  const inSection = (section: string, root: string, name: string) => {
    const value = json[section];
    const isThere = isObject(value) && Object.hasOwn(value, name);
    return { target: `${root}.${name}`, fault: isThere ? undefined : `no such ${root}` };
  };
  return ({ root, steps }) => {
    if (steps.length === 0 || OF_TERRAFORM.has(root)) return undefined;
    if (root === 'var') return inSection('variable', 'var', nameAt(steps, 0));
    if (root === 'local') return inSection('locals', 'local', nameAt(steps, 0));
    const isData = root === 'data';
    const target = isData ? `data.${nameAt(steps, 0)}.${nameAt(steps, 1)}` : `${root}.${nameAt(steps, 0)}`;
    const found = byAddress.get(target);
    if (!found) return { target, fault: 'no such resource in this stack' };
    return { target, fault: within(found, steps.slice(isData ? 2 : 1), schema) };
  };
};

const inText = ({ owner, path, text }: Text, resolve: Resolve): readonly Reference[] => {
  if (text.includes('TfToken[')) return [{ owner, path, target: '', fault: UNRESOLVED }];
  return expressionsIn(text)
    .flatMap(traversalsOf)
    .flatMap((traversal) => {
      const to = resolve(traversal);
      if (!to) return [];
      return [{ owner, path, target: to.target, fault: to.fault && `${traversal.text}: ${to.fault}` }];
    });
};

const inDependsOn = ({ address, body }: Declared, addresses: ReadonlySet<string>): readonly Reference[] => {
  const entries = Array.isArray(body['depends_on']) ? (body['depends_on'] as readonly unknown[]) : [];
  return entries.map((entry) => {
    const target = String(entry);
    const fault = addresses.has(target) ? undefined : 'no such resource in this stack';
    // Terraform takes an address here and refuses an expression, `${…}`.
    const malformed = ADDRESS.test(target) ? undefined : 'not an address';
    const why = malformed ?? fault;
    return { owner: address, path: 'depends_on', target, fault: why && `${target}: ${why}` };
  });
};

/** Everything that the parts of a stack refer to, by expression or in `depends_on`. */
export const referencesIn = (
  json: Json,
  declared: readonly Declared[],
  resolve: Resolve,
): readonly Reference[] => {
  const addresses = new Set(declared.map(({ address }) => address));
  return [
    ...textsIn(json).flatMap((text) => inText(text, resolve)),
    ...declared.flatMap((one) => inDependsOn(one, addresses)),
  ];
};
