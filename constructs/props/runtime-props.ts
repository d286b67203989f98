import type { Role } from '../../app/contract/roles.ts';
import type { RoleBundle } from '../bundle/bundle-role.ts';

/** The bucket that is made for the bundles. */
export interface BucketProps {
  /**
   * Name of the bucket, unique in the world: 3 to 63 lower-case letters, digits, dashes and underscores.
   * @default `<project>-customerio-runtime`, with the prefix before `customerio`
   * @example { runtime: { bucketProps: { name: 'acme-dev-customerio-code' } } }
   */
  readonly name?: string;
}

/** The Artifact Registry repository that is made to pass Docker Hub's images on. */
export interface ImageMirrorProps {
  /**
   * Id of the repository: lower-case letters, digits and dashes, at most 63 characters.
   * @default `customerio-docker-hub`, with the prefix in front
   * @example { runtime: { imageMirrorProps: { repositoryId: 'docker-hub' } } }
   */
  readonly repositoryId?: string;
}

/** Where the containers' code comes from: bundles on a stock Node image, or an image of one's own. */
export interface RuntimeProps {
  /**
   * An image that was built with this package’s Dockerfile, by digest; a tag that names a version is taken too, with a warning in prod, and not with
   * `hardened`: whoever may push can change what a tag means. It replaces the bundles and their bucket.
   * @default none
   * @example { runtime: { image: 'europe-west1-docker.pkg.dev/acme/platform/customerio@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' } }
   */
  readonly image?: string;

  /**
   * Node image under the bundles: Docker Hub’s, an exact version or a digest. In prod a warning asks for the digest, and `hardened` needs it.
   * @default Docker Hub’s Node 24, an exact version
   * @example { runtime: { nodeImage: 'docker.io/library/node@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' } }
   */
  readonly nodeImage?: string;

  /**
   * An Artifact Registry remote repository that passes Docker Hub’s images on. Not with `imageMirrorProps`.
   * @default none: straight from Docker Hub
   * @example { runtime: { existingImageMirror: 'europe-west1-docker.pkg.dev/acme/docker-hub' } }
   */
  readonly existingImageMirror?: string;

  /**
   * Makes such a repository. Not with `existingImageMirror`.
   * @default none
   * @example { runtime: { imageMirrorProps: {} } }
   */
  readonly imageMirrorProps?: ImageMirrorProps;

  /**
   * A bucket that exists, in the same region and for the bundles alone: all of it is mounted, and the roles’ service accounts may read every
   * object in it. Not with `bucketProps`.
   * @default a new bucket
   * @example { runtime: { existingBucket: 'acme-customerio-code' } }
   */
  readonly existingBucket?: string;

  /**
   * The bucket that is made. Not with `existingBucket`.
   * @default a bucket named after the project
   * @example { runtime: { bucketProps: {} } }
   */
  readonly bucketProps?: BucketProps;

  /**
   * Gives a role’s bundle, for code built in another way. A container runs the modules that it names as they are at synth, and no other file of
   * the bucket; what a module reads by other means than import is not checked.
   * @default this package’s own code
   * @example { runtime: { bundle: bundleRole } }
   */
  readonly bundle?: (role: Role) => RoleBundle;
}
