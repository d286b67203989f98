/** A version of a secret, without its value. */
export interface SecretVersion {
  /** Counted from 1. */
  readonly number: number;
  readonly enabled: boolean;
  /** Whether its value came with a checksum: `secrets set` and gcloud send one, Terraform's provider sends none. */
  readonly withChecksum: boolean;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
}

/** What the platform does with the secrets of one project. */
export interface SecretManager {
  /**
   * Adds a version with this value; a repeated attempt may add two of the same.
   *
   * @returns the version's number
   * @throws SecretManagerError
   */
  addVersion(secretId: string, value: string): Promise<number>;
  /**
   * Every version that a secret has, in no particular order; undefined where there is no such secret.
   *
   * @throws SecretManagerError
   */
  versions(secretId: string): Promise<readonly SecretVersion[] | undefined>;
  /**
   * The value of an enabled version, the only call that reads one: never show or log it.
   *
   * @throws SecretManagerError
   */
  valueOf(secretId: string, version: number): Promise<Uint8Array>;
  /** Makes a version unreadable; it can be enabled again. @throws SecretManagerError */
  disableVersion(secretId: string, version: number): Promise<void>;
}

/** What can be wrong between us and Secret Manager. */
export type SecretManagerCode =
  | 'no_credentials'
  | 'not_allowed'
  | 'api_disabled'
  | 'not_found'
  | 'unavailable'
  | 'refused';

/** A call to Secret Manager that failed for good; the message says what to do next and never holds a value. */
export class SecretManagerError extends Error {
  override readonly name = 'SecretManagerError';
  readonly code: SecretManagerCode;

  constructor(code: SecretManagerCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
