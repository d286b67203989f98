import { createHash } from 'node:crypto';
import { join, parse } from 'node:path';
import type { ReconcileChoice } from './reconcile-options.ts';

/** What tells a workspace of Customer.io from another: the settings that reach it. */
export interface Workspace {
  readonly region: string;
  /** The App API's root where it is not the region's. */
  readonly url?: string | undefined;
  readonly apiKey: string;
}

const FOLDER = '.cio-local';
const HASH_CHARACTERS = 12;

const hash = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, HASH_CHARACTERS);

/** What makes two runs the same reconciliation. Of the key it has a hash. */
export const askedOf = (choice: ReconcileChoice, { region, url: appUrl, apiKey }: Workspace): string => {
  const { since, until, metric, refill, url, project, dataset, topic } = choice;
  const warehouse = project === undefined ? { url } : { project, dataset, topic };
  return JSON.stringify({ region, appUrl, key: hash(apiKey), since, until, metric, refill, ...warehouse });
};

/** A dry run keeps its own beside that of a refill, which it must not end. */
const ofDryRun = (path: string): string => {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.dry-run${ext}`);
};

/**
 * Where a reconciliation keeps how far it is: in `--state`, else in a file of its own.
 *
 * @param asked from {@link askedOf}
 * @example stateFileOf({ refill: true, … }, workspace, asked) // '.cio-local/reconcile-eu-0a1b2c3d4e5f.json'
 */
export const stateFileOf = (
  { state, refill }: Pick<ReconcileChoice, 'state' | 'refill'>,
  { region }: Workspace,
  asked: string,
): string => {
  const path = state ?? join(FOLDER, `reconcile-${region}-${hash(asked)}.json`);
  return refill ? path : ofDryRun(path);
};
