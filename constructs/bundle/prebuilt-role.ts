import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../app/contract/roles.ts';
import { type RoleCode, withoutPointer, withPointer } from './role-code.ts';

/** The folder, in the package, of the roles that `npm run build` bundled. */
export const PREBUILT_FOLDER = 'dist/bundles';

/**
 * A role that `npm run build` bundled, or undefined where there is none.
 *
 * @param root the package's folder
 */
export const prebuiltRole = (root: string, role: Role): RoleCode | undefined => {
  const file = join(root, PREBUILT_FOLDER, `${role}.mjs`);
  if (!existsSync(file)) return undefined;
  return { code: withoutPointer(readFileSync(file, 'utf8')), map: readFileSync(`${file}.map`, 'utf8') };
};

/**
 * Writes what {@link prebuiltRole} reads: `<role>.mjs` and `<role>.mjs.map`, without a hash in their names, as containers run them.
 *
 * @param root the package's folder
 */
export const writePrebuilt = (root: string, role: Role, { code, map }: RoleCode): void => {
  const file = join(root, PREBUILT_FOLDER, `${role}.mjs`);
  mkdirSync(join(root, PREBUILT_FOLDER), { recursive: true });
  writeFileSync(file, withPointer(code, `${role}.mjs.map`));
  writeFileSync(`${file}.map`, map);
};
