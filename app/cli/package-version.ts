import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGE = 'customerio-platform';

/**
 * The version of this package, from the nearest `package.json` of its name: the sources and the published build have it at
 * different distances, and the build has another one on the way.
 *
 * @param folder where to begin
 * @throws Error when no folder above has it
 */
export const packageVersion = (folder: string): string => {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (name === PACKAGE && version !== undefined) return version;
  }
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`no package.json of ${PACKAGE} is above its own code`);
  return packageVersion(parent);
};
