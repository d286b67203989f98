import type { ITerraformDependable } from 'cdktf';
import type { Role } from '../../app/contract/roles.ts';
import { secretsOf } from '../settings/settings.ts';
import type { Context } from './context.ts';
import type { Encryption } from './encryption.ts';
import { type Identities, type Identity, usesKafka } from './identities.ts';
import type { Kafka } from './kafka.ts';
import type { Network } from './network.ts';
import type { RuntimeCode } from './runtime-code.ts';
import { secretFolder, secretVolume } from './secret-mount.ts';
import type { Secrets } from './secrets.ts';

/** What containers are put together from. */
export interface Parts {
  readonly identities: Identities;
  readonly secrets: Secrets;
  readonly code: RuntimeCode;
  readonly kafka: Kafka;
  readonly network: Network | undefined;
  readonly encryption: Encryption | undefined;
}

/** How large an instance is. */
export interface Size {
  readonly cpu: number;
  /** MiB. */
  readonly memoryMib: number;
}

interface Volume {
  readonly name: string;
  readonly secret?: { secret: string; items: { version: string; path: string }[] };
  readonly gcs?: { bucket: string; readOnly: boolean };
}

/** One role's container, in the words that services and worker pools share. */
export interface Container {
  readonly identity: Identity;
  readonly template: {
    readonly image: string;
    readonly command: string[];
    readonly args: string[];
    readonly env: { name: string; value: string }[];
    readonly volumeMounts: { name: string; mountPath: string }[];
  };
  readonly limits: Record<string, string>;
  readonly volumes: Volume[];
  readonly vpcAccess: Network['vpcAccess'] | undefined;
  /** The user's own key for what Cloud Run keeps. */
  readonly encryptionKey: string | undefined;
  /** What must be there before the container is. */
  readonly dependsOn: ITerraformDependable[];
}

/**
 * Puts a role's container together: code, settings, secrets as files, the network where it needs Kafka, and everything that must
 * have been made before it.
 *
 * @param env the role's settings, as the contract names them
 */
export const containerOf = (
  role: Role,
  context: Context,
  parts: Parts,
  options: { readonly env: Readonly<Record<string, string>>; readonly size: Size },
): Container => {
  const identity = parts.identities.of(role);
  const code = parts.code.codeFor(role, identity, options.size.memoryMib);
  const secrets = secretsOf(role, context.props).map((name) => ({
    name,
    ...parts.secrets.readBy(name, identity),
  }));
  const network = usesKafka(role) ? parts.network : undefined;
  const key = parts.encryption?.keyFor('run');
  const { volume } = code;
  return {
    identity,
    template: {
      image: code.image,
      command: [...code.command],
      args: [...code.args],
      env: Object.entries(options.env).map(([name, value]) => ({ name, value })),
      volumeMounts: [
        ...(volume ? [{ name: volume.name, mountPath: volume.mountPath }] : []),
        ...secrets.map(({ name }) => ({ name, mountPath: secretFolder(name) })),
      ],
    },
    limits: { cpu: String(options.size.cpu), memory: `${options.size.memoryMib}Mi` },
    volumes: [
      ...(volume ? [{ name: volume.name, gcs: { bucket: volume.bucket, readOnly: true } }] : []),
      ...secrets.map(({ name, secretId }) => secretVolume(name, secretId)),
    ],
    vpcAccess: network?.vpcAccess,
    encryptionKey: key?.name,
    dependsOn: [
      ...code.ready,
      ...secrets.flatMap(({ ready }) => ready),
      ...(usesKafka(role) ? parts.kafka.ready(role) : []),
      ...(network?.ready ?? []),
      ...(key ? [key.ready] : []),
    ],
  };
};

/** Written by deploy tools and consoles, not by us. */
export const CLIENT_FIELDS = ['client', 'client_version'];
