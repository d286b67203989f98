import type { SynthesizedResource } from './synthesize-props.ts';

/** One grant: who may do what on what, and why. */
export interface GrantRow {
  readonly who: string;
  readonly role: string;
  readonly on: string;
  readonly why: string;
}

const IAM_MEMBER = '_iam_member';
const ATTRIBUTES = ['secret_id', 'bucket', 'name', 'topic', 'crypto_key_id', 'project'] as const;
const REFERENCE = /^\$\{(\w+\.[\w-]+)\.\w+\}$/;

/** Whether a resource is a grant. */
export const isGrant = ({ type }: SynthesizedResource): boolean => type.endsWith(IAM_MEMBER);

const pathOfReference = (value: unknown, resources: readonly SynthesizedResource[]): string | undefined => {
  const address = REFERENCE.exec(String(value))?.[1];
  return resources.find((resource) => resource.address === address)?.path;
};

const whoOf = (member: unknown, resources: readonly SynthesizedResource[]): string => {
  const path = pathOfReference(member, resources);
  if (path !== undefined) return `\`${path.split('/').at(-1)}\``;
  const agent = /^serviceAccount:service-.*@(.+)\.iam\.gserviceaccount\.com$/.exec(String(member))?.[1];
  if (agent !== undefined) return `Google’s agent \`${agent}\``;
  return member === 'allUsers' ? '`allUsers`' : 'whom the props name';
};

const KINDS: Readonly<Record<string, string>> = {
  google_secret_manager_secret: 'secret',
  google_storage_bucket: 'bucket',
  google_cloud_run_v2_service: 'service',
  google_pubsub_topic: 'topic',
  google_kms_crypto_key: 'key',
  google_project: 'project',
};

const onOf = ({ type, body }: SynthesizedResource, resources: readonly SynthesizedResource[]): string => {
  const kind = type.slice(0, -IAM_MEMBER.length);
  const attribute = ATTRIBUTES.find(
    (name) => name in body && (name !== 'project' || kind === 'google_project'),
  );
  const path = pathOfReference(attribute && body[attribute], resources);
  const what = KINDS[kind] ?? kind;
  if (kind === 'google_secret_manager_secret') return `${what} \`${path?.split('/').at(-1)}\``;
  if (kind === 'google_project') return 'the project';
  return path === undefined ? `the ${what} that the props name` : `the ${what} of \`${path.split('/')[0]}\``;
};

/** BigQuery's basic roles on a dataset, the IAM roles that they stand for, and what they are for. */
const DATASET_ROLES: Readonly<Record<string, readonly [role: string, why: string]>> = {
  OWNER: ['roles/bigquery.dataOwner', 'owns the dataset: changes its tables and who has access'],
  READER: ['roles/bigquery.dataViewer', 'reads the tables and views of the warehouse'],
};

interface DatasetEntry {
  readonly role?: string;
  readonly special_group?: string;
}

/** What a dataset's own access list grants. */
const onDataset = ({ body }: SynthesizedResource): readonly GrantRow[] =>
  ((body['access'] ?? []) as readonly DatasetEntry[]).map(({ role, special_group }) => {
    const [name, why] = DATASET_ROLES[role ?? ''] ?? [];
    return {
      who: special_group === 'projectOwners' ? 'the project’s owners' : 'whom the props name',
      role: name === undefined ? 'authorized view' : `\`${name}\``,
      on: 'the dataset of `warehouse`',
      why: why ?? 'reads the tables for those who may read the view',
    };
  });

/** The grants of a stack, read from its JSON. */
export const grantsIn = (resources: readonly SynthesizedResource[]): readonly GrantRow[] => [
  ...resources.filter(isGrant).map((grant) => ({
    who: whoOf(grant.body['member'], resources),
    role: `\`${String(grant.body['role'])}\``,
    on: onOf(grant, resources),
    why: String((grant.body['//'] as { reason?: string }).reason ?? ''),
  })),
  ...resources.filter(({ type }) => type === 'google_bigquery_dataset').flatMap(onDataset),
];
