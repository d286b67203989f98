import type { Scope } from './roles.ts';
import type { SecretName } from './secrets.ts';

/** How a setting's text is read; `choice` carries its words. */
export type SettingKind =
  | 'text'
  | 'port'
  | 'count'
  | 'boolean'
  | 'list'
  /** Names of hosts: no port, no wildcard. */
  | 'host-names'
  /** The root of an API: a slash at its end is cut. */
  | 'url'
  /** An address taken as it is. */
  | 'endpoint'
  /** PEM text of one or more certificates. */
  | 'certificates'
  | 'pairs'
  | 'write-keys'
  | 'lines'
  | readonly string[];

/** One setting. Without `default` it is required in a deployment unless `optional`. */
export interface Setting {
  readonly scopes: readonly Scope[];
  readonly kind: SettingKind;
  readonly about: string;
  readonly default?: string;
  /** The default of `npm start`; `null` where it may be absent there. Falls back to `default`. */
  readonly local?: string | null;
  readonly optional?: true;
  /** The default of the fake Customer.io in a process of its own, where it differs from `npm start`. */
  readonly fake?: string;
  /** The secret that holds it: deployed, `<NAME>_FILE` names the mounted file. */
  readonly secret?: SecretName;
}
