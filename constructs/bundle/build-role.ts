import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Esbuild from 'esbuild';
import type { Role } from '../../app/contract/roles.ts';
import { BundleError } from './bundle-error.ts';
import { esbuildOptions, OUTFILE } from './esbuild-options.ts';
import type { RoleCode } from './role-code.ts';

const LISTED = 6;

const entryOf = (role: Role): string => `app/roles/${role}.main.ts`;

/** Whether a folder has the sources of a role. */
export const hasSources = (root: string, role: Role): boolean => existsSync(join(root, entryOf(role)));

/** Loaded only where a role is built: whoever installed the package has prebuilt roles, and need not have esbuild. */
const loadEsbuild = (root: string): typeof Esbuild => {
  try {
    return createRequire(join(root, 'package.json'))('esbuild') as typeof Esbuild;
  } catch (cause) {
    throw new BundleError(`esbuild cannot be loaded in ${root}: run npm ci`, { cause });
  }
};

/** The packages, and folders of ours, that take most bytes. */
const largestOf = (inputs: Esbuild.Metafile['outputs'][string]['inputs']): string => {
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const part = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.split('/', 2).join('/');
    sizes.set(part, (sizes.get(part) ?? 0) + bytesInOutput);
  }
  const largest = [...sizes].sort((a, b) => b[1] - a[1]).slice(0, LISTED);
  return largest.map(([part, bytes]) => `${part} ${Math.round(bytes / 1000)} kB`).join(', ');
};

/** Runs esbuild for one role. @throws BundleError with esbuild's own words; its warnings count as faults */
const runEsbuild = (root: string, role: Role) => {
  const esbuild = loadEsbuild(root);
  const failed = (messages: readonly Esbuild.Message[], cause?: unknown): BundleError => {
    const lines = messages.map(
      ({ text, location }) => `${location ? `${location.file}:${location.line}: ` : ''}${text}`,
    );
    return new BundleError(`esbuild cannot bundle ${role}: ${lines.join('; ') || String(cause)}`, { cause });
  };
  try {
    const result = esbuild.buildSync(esbuildOptions(root, entryOf(role)));
    if (result.warnings.length > 0) throw failed(result.warnings);
    return result;
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw failed((error as Partial<Esbuild.BuildFailure>).errors ?? [], error);
  }
};

/**
 * Bundles a role from its sources with esbuild: the same bytes wherever and whenever it runs on the same sources and packages.
 *
 * @param root the repository's folder
 * @throws BundleError when esbuild is missing or finds a fault
 */
export const buildRole = (root: string, role: Role): RoleCode => {
  const { outputFiles, metafile } = runEsbuild(root, role);
  const textOf = (ending: string): string =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  const inputs = metafile.outputs[OUTFILE]?.inputs ?? {};
  return { code: textOf('.mjs'), map: textOf('.mjs.map'), largest: largestOf(inputs) };
};
