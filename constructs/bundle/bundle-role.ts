import type { Role } from '../../app/contract/roles.ts';
import { buildRole, hasSources } from './build-role.ts';
import { BundleError } from './bundle-error.ts';
import { checkSize } from './bundle-limits.ts';
import { hashFiles } from './hash-files.ts';
import { packageRoot } from './package-root.ts';
import { PREBUILT_FOLDER, prebuiltRole } from './prebuilt-role.ts';
import { type RoleCode, withPointer } from './role-code.ts';
import { writeFiles } from './write-files.ts';

/** A role's code as files to upload. */
export interface RoleBundle {
  readonly role: string;
  /** 16 hexadecimal characters: another content or name, another hash. */
  readonly hash: string;
  /**
   * The code and its source map; another build may have more files. Names are flat: a folder in a mounted bucket would have to be an object of
   * its own.
   */
  readonly files: readonly { readonly name: string; readonly path: string }[];
  /** The name of the file to run. */
  readonly entry: string;
}

const codeOf = (root: string, role: Role): RoleCode => {
  const code = hasSources(root, role) ? buildRole(root, role) : prebuiltRole(root, role);
  if (code !== undefined) return code;
  throw new BundleError(
    `no code for role ${role}: neither app/roles/${role}.main.ts nor ${PREBUILT_FOLDER}/${role}.mjs is in ${root}; run npm run build`,
  );
};

const bundleIn = (root: string, role: Role): RoleBundle => {
  const { code, map, largest } = codeOf(root, role);
  checkSize(role, code, largest);
  const hash = hashFiles([
    [`${role}.mjs`, code],
    [`${role}.mjs.map`, map],
  ]);
  const entry = `${role}-${hash}.mjs`;
  const files = writeFiles(`${role}-${hash}`, [
    [entry, withPointer(code, `${entry}.map`)],
    [`${entry}.map`, map],
  ]);
  return { role, hash, files, entry };
};

const bundles = new Map<string, RoleBundle>();

/**
 * A role as one ES module and its source map, named by what is in them. In the repository esbuild makes them from the sources; in
 * the installed package they are the files of `npm run build`. Once per process and role.
 *
 * The hash depends on names and contents alone: not on file times, nor on where the repository lies. It is taken before the code's
 * last line, which names the map and so holds the hash itself.
 *
 * @param root the package's folder
 * @throws BundleError when there is neither, when esbuild finds a fault, or when the code is too large
 * @example bundleRole('ingest').entry // 'ingest-0f3a….mjs'
 */
export const bundleRole = (role: Role, root: string = packageRoot()): RoleBundle => {
  const key = `${root}\0${role}`;
  const bundle = bundles.get(key) ?? bundleIn(root, role);
  bundles.set(key, bundle);
  return bundle;
};
