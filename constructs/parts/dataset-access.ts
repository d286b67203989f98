import type { BigqueryDatasetAccess } from '@cdktf/provider-google/lib/bigquery-dataset/index.js';
import type { WarehouseProps } from '../props/warehouse-props.ts';

const VIEW = /^(.+)\.([^.]+)\.([^.]+)$/;

/** A member as BigQuery answers it: its own words for addresses and domains, IAM's for the rest. */
const memberOf = (member: string): Partial<BigqueryDatasetAccess> => {
  const colon = member.indexOf(':');
  const name = member.slice(colon + 1);
  switch (member.slice(0, colon)) {
    case 'user':
    case 'serviceAccount':
      return { userByEmail: name };
    case 'group':
      return { groupByEmail: name };
    case 'domain':
      return { domain: name };
    default:
      return { iamMember: member };
  }
};

const viewOf = (view: string): BigqueryDatasetAccess => {
  const [, projectId = '', datasetId = '', tableId = ''] = VIEW.exec(view) ?? [];
  return { view: { projectId, datasetId, tableId } };
};

/**
 * The whole access list of the dataset, by BigQuery's basic roles, into which it turns the predefined ones (another word would show as a change
 * in every plan). It is a list of the dataset itself and not resources beside it: those can add to what BigQuery gives a new dataset, its project's
 * viewers and editors, but not take it away, and `google_bigquery_dataset_iam_*` would remove authorized views. The grants on tables are not part of it.
 *
 * Source: https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs/resources/bigquery_dataset_iam
 *
 * @example datasetAccess({ readers: ['group:analysts@acme.example'] })
 * // [{ role: 'OWNER', specialGroup: 'projectOwners' }, { role: 'READER', groupByEmail: 'analysts@acme.example' }]
 */
export const datasetAccess = ({
  owners,
  readers = [],
  authorizedViews = [],
}: WarehouseProps = {}): BigqueryDatasetAccess[] => [
  ...(owners?.map((owner) => ({ role: 'OWNER', ...memberOf(owner) })) ?? [
    { role: 'OWNER', specialGroup: 'projectOwners' },
  ]),
  ...readers.map((reader) => ({ role: 'READER', ...memberOf(reader) })),
  ...authorizedViews.map(viewOf),
];
