import type { SecretName } from '../../app/contract/secrets.ts';

/** The topic that is made for rotation notices. */
export interface RotationTopicProps {
  /**
   * Name of the topic, 3 to 255 characters.
   * @default `customerio-secret-rotation`, with the prefix in front
   * @example { secrets: { rotation: { periodDays: 90, nextRotationTime: '2027-01-01T00:00:00Z', topicProps: { name: 'rotate-secrets' } } } }
   */
  readonly name?: string;
}

/** Notices that a secret is due to be changed. Secret Manager sends them; changing the value stays a deed of yours. */
export interface RotationProps {
  /**
   * Days between two notices, 1 to 3650.
   * @example { secrets: { rotation: { periodDays: 90, nextRotationTime: '2027-01-01T00:00:00Z' } } }
   */
  readonly periodDays: number;

  /**
   * When the first notice is sent, RFC 3339 in UTC. Later ones are not Terraform’s business.
   * @example { secrets: { rotation: { periodDays: 30, nextRotationTime: '2027-02-01T00:00:00Z' } } }
   */
  readonly nextRotationTime: string;

  /**
   * Full name of a topic that exists and that Secret Manager’s agent may publish to. Not with `topicProps`.
   * @default a new topic
   * @example { secrets: { rotation: { periodDays: 90, nextRotationTime: '2027-01-01T00:00:00Z', existingTopic: 'projects/acme/topics/rotate' } } }
   */
  readonly existingTopic?: string;

  /**
   * The topic that is made. Not with `existingTopic`.
   * @default a topic named after the integration
   * @example { secrets: { rotation: { periodDays: 90, nextRotationTime: '2027-01-01T00:00:00Z', topicProps: {} } } }
   */
  readonly topicProps?: RotationTopicProps;
}

/** A value that is given by an ephemeral Terraform variable. */
export interface SecretValueProps {
  /**
   * Counter, from 1. Raise it whenever the variable has a new value: a version with it is added, then the one before is disabled.
   * @example { secrets: { values: { 'track-api-key': { version: 2 } } } }
   */
  readonly version: number;
}

/** Credentials and keys: where their values come from, and notices to change them. */
export interface SecretsProps {
  /**
   * Secrets whose values come from environment variables at every plan and apply, such as `TF_VAR_customerio_track_api_key` (with a prefix
   * `shop`: `TF_VAR_shop_customerio_track_api_key`); nothing of them is kept in plan or state. To take one out again, give its value by
   * `secrets set` first: what Terraform wrote is disabled then.
   * @default none: `cio-platform secrets set` gives them
   * @example { secrets: { values: { 'ingest-write-keys': { version: 1 }, 'track-api-key': { version: 1 } } } }
   */
  readonly values?: Readonly<Partial<Record<SecretName, SecretValueProps>>>;

  /**
   * Whether Terraform gives each secret a first version, the public placeholder `unset`, so that roles can be deployed before there are
   * values; or the secrets that get one. Set it to `false` once `cio-platform secrets status` says that every secret has a value: until
   * then the next apply makes a placeholder that was destroyed again, as the newest version, and new instances read the newest. The plan
   * shows each placeholder as destroyed (`not in configuration`); its deletion policy is ABANDON, so the provider only forgets it, and no
   * version is disabled or destroyed. A secret that is added later needs a placeholder for its first deployment: name it, and only it, in a list.
   * Never name a secret that has a value, and never go back to `true`: the placeholder would become the newest version.
   * @default true
   * @example { secrets: { placeholders: false } }
   */
  readonly placeholders?: boolean | readonly SecretName[];

  /**
   * Notices that secrets are due to be changed. Decide before the first deployment: the provider makes secrets anew, without their values,
   * where the period is added or changed later; deletion protection refuses that. Secret Manager’s agent must exist in the project:
   * `gcloud beta services identity create`.
   * @default none
   * @example { secrets: { rotation: { periodDays: 90, nextRotationTime: '2027-01-01T00:00:00Z' } } }
   */
  readonly rotation?: RotationProps;
}
