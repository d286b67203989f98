import { Names } from '../names.ts';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import { type Faults, isToken } from './faults.ts';

/** A name that only one may have. */
export interface Claim {
  readonly prop: string;
  /** Names of one kind and scope have equal keys where they are equal. */
  readonly key: string;
  readonly found: unknown;
  /** Whether it was given, rather than made from project and prefix. */
  readonly isGiven: boolean;
}

/** An integration that stands in the same tree, with its claims. */
export interface Neighbour {
  readonly path: string;
  readonly claims: readonly Claim[];
}

const ROLES = [
  ['ingest', 'ingest'],
  ['trackWorker', 'track-worker'],
  ['webhooks', 'webhooks'],
] as const;

const claim = (prop: string, scope: string, given: unknown, made?: string): readonly Claim[] => {
  const name = given ?? made;
  if (typeof name !== 'string' || isToken(name)) return [];
  return [{ prop, key: `${scope}/${name}`, found: name, isGiven: given !== undefined }];
};

const accountsOf = (props: CustomerIoIntegrationProps, names: Names): readonly Claim[] =>
  ROLES.flatMap(([part, role]) => {
    const { existingServiceAccount, serviceAccountProps } = props[part] ?? {};
    if (existingServiceAccount !== undefined) return [];
    const prop = `${part}.serviceAccountProps.accountId`;
    return claim(prop, `account ${props.project}`, serviceAccountProps?.accountId, names.account(role));
  });

const variablesOf = (props: CustomerIoIntegrationProps, names: Names, stack: string): readonly Claim[] =>
  Object.keys(props.secrets?.values ?? {}).flatMap((name) =>
    claim(`secrets.values.${name}`, `variable ${stack}`, `${names.base}_${name}`.replaceAll('-', '_')),
  );

/** Tables have the same names in every dataset, also in one that exists. */
const warehouseOf = ({ project, warehouse }: CustomerIoIntegrationProps, names: Names): readonly Claim[] => {
  const { existingDataset, datasetProps } = warehouse ?? {};
  const scope = `dataset ${project}`;
  return existingDataset === undefined
    ? claim('warehouse.datasetProps.datasetId', scope, datasetProps?.datasetId, names.dataset)
    : claim('warehouse.existingDataset', scope, existingDataset);
};

/** Subscriptions and dead letters are named after the topic, also after one that exists, wherever that is. */
const streamOf = ({ project, webhooks }: CustomerIoIntegrationProps, names: Names): readonly Claim[] => {
  const { existingTopic, topicProps } = webhooks ?? {};
  if (existingTopic !== undefined) {
    const name = typeof existingTopic === 'string' ? existingTopic.split('/').at(-1) : undefined;
    return claim('webhooks.existingTopic', `stream ${project}`, name);
  }
  const [prop, name, made] = ['webhooks.topicProps.name', topicProps?.name, names.of('events')];
  return [
    ...claim(prop, `topic ${project}`, name, made),
    ...claim(prop, `stream ${project}`, undefined, name ?? made),
  ];
};

/** A domain points at one balancer. */
const domainsOf = (props: CustomerIoIntegrationProps): readonly Claim[] =>
  (['ingest', 'webhooks'] as const).flatMap((part) => {
    const domains: unknown = props[part]?.loadBalancer?.domains;
    const all = Array.isArray(domains) ? [...new Set<unknown>(domains)] : [];
    return all.flatMap((domain) => claim(`${part}.loadBalancer.domains`, 'domain', domain));
  });

/** The names that an integration takes for itself. None where project or prefix is no text. */
export const claimsOf = (props: CustomerIoIntegrationProps, stack: string): readonly Claim[] => {
  const { project, location, prefix } = props;
  if (![project, location, prefix ?? ''].every((part) => typeof part === 'string')) return [];
  const names = new Names(props);
  const { managed } = props.kafka ?? {};
  const { image, existingBucket, bucketProps, imageMirrorProps } = props.runtime ?? {};
  const isBucketMade = image === undefined && existingBucket === undefined;
  return [
    { prop: 'prefix', key: `integration ${names.key}`, found: prefix ?? 'none', isGiven: true },
    ...(managed
      ? claim('kafka.managed.clusterId', `cluster ${project} ${location}`, managed.clusterId, names.base)
      : []),
    ...(isBucketMade
      ? claim('runtime.bucketProps.name', 'bucket', bucketProps?.name, names.bucket('runtime'))
      : []),
    ...claim(
      'runtime.imageMirrorProps.repositoryId',
      `mirror ${project} ${location}`,
      imageMirrorProps?.repositoryId,
    ),
    ...warehouseOf(props, names),
    ...streamOf(props, names),
    ...claim(
      'secrets.rotation.topicProps.name',
      `topic ${project}`,
      props.secrets?.rotation?.topicProps?.name,
    ),
    ...Object.keys(props.auditLogs ?? {}).flatMap((service) =>
      claim(`auditLogs.${service}`, `audit ${project}`, service),
    ),
    ...accountsOf(props, names),
    ...domainsOf(props),
    ...variablesOf(props, names, stack),
  ];
};

const collides = (one: Claim, other: Claim): boolean =>
  one.key === other.key && (one.isGiven || other.isGiven);

const isNamesake = (mine: readonly Claim[], theirs: readonly Claim[]): boolean =>
  mine[0] !== undefined && mine[0].key === theirs[0]?.key;

const refuseOwn = (claims: readonly Claim[], faults: Faults): void => {
  for (const [index, mine] of claims.entries()) {
    const first = claims.slice(0, index).find((other) => collides(mine, other));
    if (first !== undefined) faults.add(mine.prop, `must differ from ${first.prop}`, mine.found);
  }
};

/** Refuses names that are taken: within the integration, and by its neighbours. */
export const validateClaims = (
  claims: readonly Claim[],
  neighbours: readonly Neighbour[],
  faults: Faults,
): void => {
  refuseOwn(claims, faults);
  for (const { path, claims: theirs } of neighbours) {
    if (isNamesake(claims, theirs)) {
      // Everything that is made from the name clashes with it: one fault says so.
      const rule = `must differ from that of ${path}, which is in the same project`;
      faults.add('prefix', rule, claims[0]?.found);
      continue;
    }
    for (const mine of claims) {
      if (theirs.some((other) => collides(mine, other)))
        faults.add(mine.prop, `must differ from that of ${path}`, mine.found);
    }
  }
};
