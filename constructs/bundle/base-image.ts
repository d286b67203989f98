/**
 * The stock image over which bundles are mounted, and on which the Dockerfile rests: an exact version, the same Node as in this
 * repository's scripts. Cloud Run pulls from docker.io itself.
 */
export const NODE_IMAGE = 'docker.io/library/node:24.21.0-bookworm-slim';
