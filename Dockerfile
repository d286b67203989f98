# The roles as one image; each container runs one of them:
#   docker build --build-arg NODE_IMAGE=docker.io/library/node@sha256:<digest> -t customerio-platform .
#   docker run customerio-platform node /bundles/track-worker.mjs
# A digest pins the base; the default is the version that constructs/bundle/base-image.ts names.
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
COPY tools/node24/package.json tools/node24/
RUN npm ci --no-progress
COPY tsconfig.json ./
COPY app/ app/
COPY constructs/ constructs/
COPY tools/ tools/
RUN npm run build

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production
COPY --from=build /source/dist/bundles/ /bundles/
# The image's own user `node`, by number: so that a platform can see that it is not root.
USER 1000:1000
EXPOSE 8080 9090
CMD ["node", "/bundles/ingest.mjs"]
