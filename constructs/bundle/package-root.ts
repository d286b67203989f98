import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BundleError } from './bundle-error.ts';

const PACKAGE = 'customerio-platform';

const nameIn = (folder: string): unknown => {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name : undefined;
};

/**
 * The folder of this package: the repository, or where it is installed. The builds lie at different depths below it and have small
 * package.json files of their own, so it is known by its name.
 *
 * @throws BundleError when no folder above this file is the package
 */
export const packageRoot = (from: string = import.meta.dirname): string => {
  for (let folder = from; ; folder = dirname(folder)) {
    if (nameIn(folder) === PACKAGE) return folder;
    if (folder === dirname(folder)) throw new BundleError(`no package ${PACKAGE} above ${from}`);
  }
};
