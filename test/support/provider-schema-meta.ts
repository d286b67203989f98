import { traversalsOf } from './provider-schema-expressions.ts';
import { pathFault } from './provider-schema-path.ts';
import type { Resolve } from './provider-schema-references.ts';
import type { Declared } from './provider-schema-stack.ts';
import { type Block, isObject, membersOf, ownOf, type Report } from './provider-schema-types.ts';

const SHARED = ['depends_on', 'lifecycle', 'provider', 'count', 'for_each'];

/** What Terraform itself takes in a resource, a data source or a provider's block. */
export const META: Readonly<Record<'resource' | 'data' | 'provider', ReadonlySet<string>>> = {
  resource: new Set([...SHARED, 'provisioner', 'connection']),
  data: new Set(SHARED),
  provider: new Set(['alias', 'version']),
};

type Check = (value: unknown, path: string, report: Report) => void;

const isTruth: Check = (value, path, report) => {
  if (typeof value !== 'boolean') report(path, 'true or false expected');
};

const eachText = (value: unknown, path: string, report: Report): readonly string[] => {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  report(path, 'list of strings expected');
  return [];
};

const ignoredFaults =
  (block: Block): Check =>
  (value, path, report) => {
    if (value === 'all') return;
    for (const text of eachText(value, path, report)) {
      const [traversal, ...more] = traversalsOf(text);
      const isWhole = traversal?.text === text && more.length === 0;
      const steps = isWhole ? [{ kind: 'name', name: traversal.root } as const, ...traversal.steps] : [];
      const fault = isWhole ? pathFault(block, steps) : 'not a path';
      if (fault !== undefined) report(path, `${text}: ${fault}`);
    }
  };

const triggerFaults =
  (resolve: Resolve): Check =>
  (value, path, report) => {
    for (const text of eachText(value, path, report)) {
      const [traversal] = traversalsOf(text);
      const fault = traversal && resolve(traversal) ? resolve(traversal)?.fault : 'not a reference';
      if (fault !== undefined) report(path, `${text}: ${fault}`);
    }
  };

/** Reports where the lifecycle of a resource asks for what Terraform or the resource does not have. */
export const lifecycleFaults = ({ body }: Declared, block: Block, resolve: Resolve, report: Report): void => {
  const { lifecycle } = body;
  if (lifecycle === undefined) return;
  if (!isObject(lifecycle)) return report('lifecycle', 'a block, but given as an attribute');
  const checks: Readonly<Record<string, Check>> = {
    create_before_destroy: isTruth,
    prevent_destroy: isTruth,
    ignore_changes: ignoredFaults(block),
    replace_triggered_by: triggerFaults(resolve),
  };
  for (const [name, value] of membersOf(lifecycle)) {
    const check = ownOf(checks, name);
    if (check) check(value, `lifecycle.${name}`, report);
    else report(`lifecycle.${name}`, 'no such attribute');
  }
};
