import type * as kmsCryptoKeyModule from '@cdktf/provider-google/lib/kms-crypto-key/index.js';
import type { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key/index.js';
import type * as kmsCryptoKeyIamMemberModule from '@cdktf/provider-google/lib/kms-crypto-key-iam-member/index.js';
import type { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member/index.js';
import type * as kmsKeyRingModule from '@cdktf/provider-google/lib/kms-key-ring/index.js';
import { Construct } from 'constructs';
import type { Context } from './context.ts';
import { because } from './grant.ts';
import { providerModule } from './provider-module.ts';

const DAY_S = 86_400;
const DEFAULT_ROTATION_DAYS = 90;
const ALGORITHM = 'GOOGLE_SYMMETRIC_ENCRYPTION';

/** Google's agents that encrypt what is stored, by the service they belong to. */
const AGENTS = {
  bigquery: { account: 'bigquery-encryption', user: 'bq', reason: 'encrypts the warehouse' },
  pubsub: { account: 'gcp-sa-pubsub', reason: 'encrypts the stream' },
  storage: { account: 'gs-project-accounts', reason: 'encrypts the bundles' },
  'secret-manager': { account: 'gcp-sa-secretmanager', reason: 'encrypts the secrets’ versions' },
  run: { account: 'serverless-robot-prod', reason: 'encrypts what Cloud Run keeps of the images' },
  kafka: { account: 'gcp-sa-managedkafka', reason: 'encrypts the managed Kafka’s disks' },
} as const satisfies Readonly<Record<string, { account: string; user?: string; reason: string }>>;

/** What may be encrypted with the key. */
export type EncryptedService = keyof typeof AGENTS;

/** A key of the user's own and the right of Google's agents to use it. */
export class Encryption extends Construct {
  /** The key that was made here. */
  readonly key: KmsCryptoKey | undefined;
  readonly #keyName: string;
  readonly #context: Context;
  readonly #grants = new Map<EncryptedService, KmsCryptoKeyIamMember>();

  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id);
    this.#context = context;
    const { encryption } = context.props;
    this.key = encryption?.existingKey === undefined ? this.#newKey() : undefined;
    this.#keyName = encryption?.existingKey ?? this.key?.id ?? '';
  }

  /** The key's name for a service, whose agent may use it from then on, and the grant to wait for. */
  keyFor(service: EncryptedService): { readonly name: string; readonly ready: KmsCryptoKeyIamMember } {
    const known = this.#grants.get(service);
    if (known !== undefined) return { name: this.#keyName, ready: known };
    const {
      account,
      reason,
      user = 'service',
    }: { account: string; reason: string; user?: string } = AGENTS[service];
    const grant = new (providerModule<typeof kmsCryptoKeyIamMemberModule>(
      'kms-crypto-key-iam-member',
    ).KmsCryptoKeyIamMember)(this, service, {
      cryptoKeyId: this.#keyName,
      role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      member: `serviceAccount:${user}-${this.#context.projectNumber()}@${account}.iam.gserviceaccount.com`,
    });
    this.#grants.set(service, because(grant, reason));
    return { name: this.#keyName, ready: grant };
  }

  #newKey(): KmsCryptoKey {
    const { props, names, labels, preventDestroy } = this.#context;
    const ring = new (providerModule<typeof kmsKeyRingModule>('kms-key-ring').KmsKeyRing)(this, 'ring', {
      project: props.project,
      location: props.location,
      name: names.base,
      lifecycle: { preventDestroy },
    });
    const { rotationDays: days = DEFAULT_ROTATION_DAYS, protectionLevel } = props.encryption?.keyProps ?? {};
    return new (providerModule<typeof kmsCryptoKeyModule>('kms-crypto-key').KmsCryptoKey)(this, 'key', {
      keyRing: ring.id,
      name: names.base,
      purpose: 'ENCRYPT_DECRYPT',
      rotationPeriod: `${days * DAY_S}s`,
      ...(protectionLevel && { versionTemplate: { algorithm: ALGORITHM, protectionLevel } }),
      labels,
      lifecycle: { preventDestroy },
    });
  }
}
