import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret/index.js';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member/index.js';
import { SecretManagerSecretVersion } from '@cdktf/provider-google/lib/secret-manager-secret-version/index.js';
import { type ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { SECRETS, type SecretName, UNSET } from '../../app/contract/secrets.ts';
import type { Context } from './context.ts';
import type { Encryption } from './encryption.ts';
import { AFTER_ITS_USERS, because } from './grant.ts';
import type { Identity } from './identities.ts';
import { RotationNotices } from './rotation-notices.ts';

const ROTATION_DAY_S = 86_400;

/** Who disables a version, by `secrets set --disable-older` for one, means it: no apply enables it again. */
const OF_A_VERSION = { ...AFTER_ITS_USERS, ignoreChanges: ['enabled'] };

/**
 * The secrets: a container each with a public placeholder as its first version, so that what mounts it can be deployed before
 * there is a value, unless `secrets.placeholders` takes it away. Values never pass through here, except by ephemeral variables where
 * asked for.
 */
export class Secrets extends Construct {
  readonly #context: Context;
  readonly #encryption: Encryption | undefined;
  readonly #rotation: RotationNotices | undefined;
  readonly #secrets: ReadonlyMap<
    SecretName,
    { readonly secret: SecretManagerSecret; readonly ready: ITerraformDependable[] }
  >;

  constructor(scope: Construct, id: string, context: Context, encryption: Encryption | undefined) {
    super(scope, id);
    this.#context = context;
    this.#encryption = encryption;
    this.#rotation =
      context.props.secrets?.rotation === undefined
        ? undefined
        : new RotationNotices(this, 'rotation', context);
    this.#secrets = new Map(context.settings.secrets.map((name) => [name, this.#newSecret(name)]));
  }

  /** The secrets by name; there is one for each that a role reads. */
  get all(): ReadonlyMap<SecretName, SecretManagerSecret> {
    return new Map([...this.#secrets].map(([name, { secret }]) => [name, secret]));
  }

  /** Lets a role read a secret; returns the secret's id and what must be there before the role mounts it. */
  readBy(
    name: SecretName,
    identity: Identity,
  ): { readonly secretId: string; readonly ready: ITerraformDependable[] } {
    const entry = this.#secrets.get(name);
    if (entry === undefined) throw new Error(`no role reads the secret ${name} with these props`);
    const grant = new SecretManagerSecretIamMember(this, `${name}-${identity.role}`, {
      project: this.#context.props.project,
      secretId: entry.secret.secretId,
      role: 'roles/secretmanager.secretAccessor',
      member: identity.member,
      lifecycle: AFTER_ITS_USERS,
    });
    because(grant, `reads the ${SECRETS[name].split(/[,(]/, 1)[0]?.trim()}`);
    return { secretId: entry.secret.secretId, ready: [...entry.ready, grant] };
  }

  #newSecret(name: SecretName): { secret: SecretManagerSecret; ready: ITerraformDependable[] } {
    const { props, names, labels, settings } = this.#context;
    const key = this.#encryption?.keyFor('secret-manager');
    const replica = {
      location: props.location,
      ...(key && { customerManagedEncryption: { kmsKeyName: key.name } }),
    };
    const secret = new SecretManagerSecret(this, name, {
      project: props.project,
      secretId: names.of(name),
      replication: { userManaged: { replicas: [replica] } },
      labels,
      deletionProtection: settings.deletionProtection,
      ...this.#rotationOf(),
      dependsOn: [...(key ? [key.ready] : []), ...(this.#rotation?.ready ?? [])],
    });
    const placeholder = settings.placeholders.includes(name) ? [this.#placeholder(name, secret)] : [];
    return { secret, ready: [...placeholder, ...this.#valueByVariable(name, secret, placeholder)] };
  }

  #placeholder(name: SecretName, secret: SecretManagerSecret): SecretManagerSecretVersion {
    return new SecretManagerSecretVersion(this, `${name}-placeholder`, {
      secret: secret.id,
      secretDataWo: UNSET,
      secretDataWoVersion: 1,
      // The version stays as it is where `secrets.placeholders` takes this resource away.
      deletionPolicy: 'ABANDON',
      lifecycle: OF_A_VERSION,
    });
  }

  #valueByVariable(
    name: SecretName,
    secret: SecretManagerSecret,
    placeholder: SecretManagerSecretVersion[],
  ): readonly SecretManagerSecretVersion[] {
    const counter = this.#context.props.secrets?.values?.[name]?.version;
    if (counter === undefined) return [];
    const variable = new TerraformVariable(this, `${name}-value`, {
      type: 'string',
      description: `${SECRETS[name]}. Given at every plan and apply; kept nowhere.`,
      sensitive: true,
      nullable: false,
    });
    variable.overrideLogicalId(`${this.#context.names.base}_${name}`.replaceAll('-', '_'));
    variable.addOverride('ephemeral', true);
    const isGiven = `\${length(trimspace(var.${variable.friendlyUniqueId})) > 0}`;
    variable.addValidation({
      condition: isGiven,
      errorMessage: `The value of the secret ${name} must not be empty.`,
    });
    const value = new SecretManagerSecretVersion(this, `${name}-version`, {
      secret: secret.id,
      secretDataWo: variable.stringValue,
      secretDataWoVersion: counter,
      // The new version is there before the old one is disabled: a role that reads in between finds a value.
      deletionPolicy: 'DISABLE',
      lifecycle: OF_A_VERSION,
      dependsOn: placeholder,
    });
    return [value];
  }

  #rotationOf(): object {
    const { kept, props } = this.#context;
    const { rotation } = props.secrets ?? {};
    if (rotation === undefined || this.#rotation === undefined) return { lifecycle: kept };
    return {
      topics: [{ name: this.#rotation.topicName }],
      rotation: {
        rotationPeriod: `${rotation.periodDays * ROTATION_DAY_S}s`,
        nextRotationTime: rotation.nextRotationTime,
      },
      // Secret Manager moves it on after each notice.
      lifecycle: { ...kept, ignoreChanges: ['rotation[0].next_rotation_time'] },
    };
  }
}
