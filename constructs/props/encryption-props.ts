/** The key that is made. */
export interface KeyProps {
  /**
   * Days after which a new version of the key is made, 1 to 3650.
   * @default 90
   * @example { encryption: { keyProps: { rotationDays: 30 } } }
   */
  readonly rotationDays?: number;

  /**
   * Where the key’s versions are kept: `SOFTWARE`, or `HSM` for a hardware security module, in regions that have one. Only for a new key: changing
   * it later makes another key, which what is encrypted does not follow, so Terraform refuses it where `deletionProtection` holds.
   * @default Google’s: SOFTWARE
   * @example { encryption: { keyProps: { protectionLevel: 'HSM' } } }
   */
  readonly protectionLevel?: 'SOFTWARE' | 'HSM';
}

/**
 * A key of one's own (CMEK) for bundles, secrets, the stream, the warehouse, containers and a managed Kafka, whose cluster is made anew where
 * it is added later. Either `existingKey` or `keyProps`. Google's agents must exist in the project before: `gcloud beta services identity
 * create --service secretmanager.googleapis.com`, and the same for `pubsub.googleapis.com`, and `managedkafka.googleapis.com` with a managed Kafka.
 */
export interface EncryptionProps {
  /**
   * Full name of a key in the same region. Google’s agents get the right to use it. Not with `keyProps`.
   * @default none
   * @example { encryption: { existingKey: 'projects/acme/locations/europe-west1/keyRings/main/cryptoKeys/customerio' } }
   */
  readonly existingKey?: string;

  /**
   * The key that is made. A key ring can never be deleted, so its name stays taken. Not with `existingKey`.
   * @default none
   * @example { encryption: { keyProps: {} } }
   */
  readonly keyProps?: KeyProps;
}
