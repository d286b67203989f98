import type * as artifactRegistryRepositoryModule from '@cdktf/provider-google/lib/artifact-registry-repository/index.js';
import type { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository/index.js';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket/index.js';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member/index.js';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object/index.js';
import { AssetType, type ITerraformDependable, TerraformAsset, Token } from 'cdktf';
import { Construct } from 'constructs';
import { NODE_FLAGS, nodeFlags } from '../../app/contract/node-flags.ts';
import type { Role } from '../../app/contract/roles.ts';
import { NODE_IMAGE } from '../bundle/base-image.ts';
import { bundleRole, type RoleBundle } from '../bundle/bundle-role.ts';
import { verifiedCode } from '../bundle/verified-code.ts';
import type { Context } from './context.ts';
import type { Encryption } from './encryption.ts';
import { AFTER_ITS_USERS, because } from './grant.ts';
import type { Identity } from './identities.ts';
import { markOf } from './mark-of.ts';
import { providerModule } from './provider-module.ts';

const MOUNT = '/bundles';
const VOLUME = 'bundles';
const DOCKER_HUB = 'docker.io/';

/** Node's flags; a memory that only Terraform knows sets no limit. */
const flagsFor = (role: Role, memoryMib: number): readonly string[] =>
  Token.isUnresolved(memoryMib) ? NODE_FLAGS[role] : nodeFlags(role, memoryMib);

/**
 * How a role is started, from the bundles' bucket and from an image of one's own alike.
 *
 * @param before Node's flags, and what it does before it runs the file
 */
const startOf = (
  file: string,
  ...before: readonly (readonly string[])[]
): Pick<ContainerCode, 'command' | 'args'> => ({
  command: ['node'],
  args: [...before.flat(), `${MOUNT}/${file}`],
});

/** What a container runs, and what must be there before it does. */
export interface ContainerCode {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** The bucket to mount at `mountPath`; none with an image of the user's own. */
  readonly volume?: { readonly name: string; readonly bucket: string; readonly mountPath: string };
  readonly ready: readonly ITerraformDependable[];
}

/**
 * The code of the roles: bundles in a bucket of their own, mounted read-only over a stock Node image, or an image.
 * Bundles are named by their content and never deleted by Terraform: restarts and rollbacks of older revisions find theirs. A container runs
 * its bundle only as it was deployed: whoever may write to the bucket cannot change what runs.
 */
export class RuntimeCode extends Construct {
  /** The bucket that was made here. */
  readonly bucket: StorageBucket | undefined;
  /** The repository that was made here to pass Docker Hub's images on. */
  readonly imageMirror: ArtifactRegistryRepository | undefined;
  readonly #context: Context;
  readonly #encryption: Encryption | undefined;
  readonly #bucketName: string;

  constructor(scope: Construct, id: string, context: Context, encryption: Encryption | undefined) {
    super(scope, id);
    this.#context = context;
    this.#encryption = encryption;
    const { image, existingBucket, imageMirrorProps } = context.props.runtime ?? {};
    this.bucket =
      image === undefined && existingBucket === undefined ? this.#newBucket(encryption) : undefined;
    this.#bucketName = existingBucket ?? this.bucket?.name ?? '';
    this.imageMirror = imageMirrorProps === undefined ? undefined : this.#newImageMirror();
  }

  /**
   * The code of a role, which its identity may read from then on.
   *
   * @param memoryMib the container's memory
   */
  codeFor(role: Role, identity: Identity, memoryMib: number): ContainerCode {
    const { image, bundle = bundleRole } = this.#context.props.runtime ?? {};
    const flags = flagsFor(role, memoryMib);
    if (image !== undefined) return { image, ...startOf(`${role}.mjs`, flags), ready: [] };
    const built = bundle(role);
    return {
      image: this.#nodeImage(),
      ...startOf(built.entry, flags, verifiedCode(built)),
      volume: { name: VOLUME, bucket: this.#bucketName, mountPath: MOUNT },
      ready: [
        ...this.#upload(built),
        this.#letRead(identity),
        ...(this.imageMirror ? [this.imageMirror] : []),
      ],
    };
  }

  #upload({ role, hash, files, entry }: RoleBundle): StorageBucketObject[] {
    const kinds: Readonly<Record<string, string>> = { [entry]: 'code', [`${entry}.map`]: 'source-map' };
    return files.map(({ name, path }) => {
      const id = `${role}-${kinds[name] ?? `file-${markOf(name)}`}`;
      const asset = new TerraformAsset(this, `${id}-file`, { path, type: AssetType.FILE, assetHash: hash });
      return new StorageBucketObject(this, id, {
        bucket: this.#bucketName,
        name,
        source: asset.path,
        contentType: name.endsWith('.map') ? 'application/json' : 'text/javascript',
        deletionPolicy: 'ABANDON',
        lifecycle: { createBeforeDestroy: true },
        ...this.#ownKey(),
      });
    });
  }

  /** A bucket that was brought has a default key of its own, or Google's. */
  #ownKey(): { kmsKeyName?: string; dependsOn?: ITerraformDependable[] } {
    const key = this.bucket === undefined ? this.#encryption?.keyFor('storage') : undefined;
    return key === undefined ? {} : { kmsKeyName: key.name, dependsOn: [key.ready] };
  }

  #letRead(identity: Identity): StorageBucketIamMember {
    const grant = new StorageBucketIamMember(this, `${identity.role}-reads`, {
      bucket: this.#bucketName,
      role: 'roles/storage.objectViewer',
      member: identity.member,
      lifecycle: AFTER_ITS_USERS,
    });
    return because(grant, 'reads its code');
  }

  #newBucket(encryption: Encryption | undefined): StorageBucket {
    const { props, settings, names, labels, preventDestroy, kept } = this.#context;
    const key = encryption?.keyFor('storage');
    return new StorageBucket(this, 'bucket', {
      project: props.project,
      location: props.location,
      name: props.runtime?.bucketProps?.name ?? names.bucket('runtime'),
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      ...(props.hardened && { versioning: { enabled: true } }),
      // Terraform leaves the objects behind, so an unprotected environment could not be destroyed otherwise.
      forceDestroy: settings.preset !== 'prod' || !preventDestroy,
      lifecycle: kept,
      labels,
      ...(key && { encryption: { defaultKmsKeyName: key.name }, dependsOn: [key.ready] }),
    });
  }

  #nodeImage(): string {
    const { nodeImage = NODE_IMAGE, existingImageMirror } = this.#context.props.runtime ?? {};
    const mirror = existingImageMirror ?? this.#newMirrorAddress();
    return mirror === undefined ? nodeImage : `${mirror}/${nodeImage.slice(DOCKER_HUB.length)}`;
  }

  #newMirrorAddress(): string | undefined {
    if (this.imageMirror === undefined) return undefined;
    const { props } = this.#context;
    return `${props.location}-docker.pkg.dev/${props.project}/${this.#mirrorId()}`;
  }

  #mirrorId(): string {
    const { props, names } = this.#context;
    return props.runtime?.imageMirrorProps?.repositoryId ?? names.of('docker-hub');
  }

  #newImageMirror(): ArtifactRegistryRepository {
    const { props, labels } = this.#context;
    return new (providerModule<typeof artifactRegistryRepositoryModule>(
      'artifact-registry-repository',
    ).ArtifactRegistryRepository)(this, 'image-mirror', {
      project: props.project,
      location: props.location,
      repositoryId: this.#mirrorId(),
      description: 'Passes Docker Hub’s images on',
      format: 'DOCKER',
      mode: 'REMOTE_REPOSITORY',
      remoteRepositoryConfig: {
        description: 'Docker Hub',
        dockerRepository: { publicRepository: 'DOCKER_HUB' },
      },
      labels,
    });
  }
}
