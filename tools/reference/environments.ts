import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../stacks/synthesize.ts';
import { placeholderBundle } from './placeholder-bundle.ts';

/** The environments' stacks as Terraform's JSON, by the stack's name; the code's hash is a placeholder. */
export const environmentStacks = (): ReadonlyMap<string, string> => {
  const outdir = mkdtempSync(join(tmpdir(), 'customerio-environments-'));
  try {
    synthesize({ outdir, bundle: placeholderBundle });
    const stacks = readdirSync(join(outdir, 'stacks')).toSorted();
    return new Map(
      stacks.map((stack) => [stack, readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8')]),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
};

type Resources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const addressesOf = (stack: string): readonly string[] =>
  Object.entries((JSON.parse(stack) as { resource: Resources }).resource).flatMap(([type, byName]) =>
    Object.keys(byName).map((name) => `${type}.${name}`),
  );

/** The resources that a deployment would destroy because their address is gone: a changed construct id does that. */
export const destroyedBetween = (before: string, after: string): readonly string[] => {
  const kept = new Set(addressesOf(after));
  return addressesOf(before).filter((address) => !kept.has(address));
};
