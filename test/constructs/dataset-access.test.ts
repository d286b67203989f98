import { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { describe, expect, it } from '@jest/globals';
import { TerraformStack, Testing } from 'cdktf';
import { CustomerIoIntegration } from '../../constructs/index.ts';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';
import { placeholderBundle } from '../../tools/reference/placeholder-bundle.ts';
import {
  resourcesIn,
  type SynthesizedResource,
  synthesizeProps,
} from '../../tools/reference/synthesize-props.ts';

const made = (warehouse: object = {}): readonly SynthesizedResource[] =>
  resourcesIn(synthesizeProps(withFragment({ warehouse })));

const accessWith = (warehouse: object = {}): unknown =>
  made(warehouse).find(({ path }) => path === 'warehouse/dataset')?.body['access'];

const OWNERS = { role: 'OWNER', special_group: 'projectOwners' };

describe('the access to the dataset', () => {
  it('is for the project’s owners alone where nobody is named: what BigQuery gives viewers and editors is taken away', () => {
    expect(accessWith()).toEqual([OWNERS]);
  });

  it('loses, where it was made before, exactly its project’s viewers and editors of what BigQuery gives every dataset', () => {
    const given = [
      OWNERS,
      { role: 'WRITER', special_group: 'projectWriters' },
      { role: 'READER', special_group: 'projectReaders' },
    ];
    const kept = JSON.stringify(accessWith());
    const lost = given.filter((entry) => !kept.includes(JSON.stringify(entry)));
    expect(lost.map(({ special_group }) => special_group)).toEqual(['projectWriters', 'projectReaders']);
  });

  it.each([
    ['user:ada@acme.example', { user_by_email: 'ada@acme.example' }],
    ['serviceAccount:bi@acme.iam.gserviceaccount.com', { user_by_email: 'bi@acme.iam.gserviceaccount.com' }],
    ['group:analysts@acme.example', { group_by_email: 'analysts@acme.example' }],
    ['domain:acme.example', { domain: 'acme.example' }],
    [
      'principalSet://iam.googleapis.com/locations/global/workforcePools/Acme/group/analysts',
      { iam_member: 'principalSet://iam.googleapis.com/locations/global/workforcePools/Acme/group/analysts' },
    ],
  ])('is in BigQuery’s own words, so that a plan after it is empty: %s', (member, entry) => {
    expect(accessWith({ readers: [member] })).toEqual([OWNERS, { role: 'READER', ...entry }]);
    expect(accessWith({ owners: [member] })).toEqual([{ role: 'OWNER', ...entry }]);
  });

  it('takes members that Terraform alone knows, by their kind', () => {
    const stack = new TerraformStack(Testing.app(), 'stack');
    const { email } = new ServiceAccount(stack, 'bi', { accountId: 'dashboards' });
    new CustomerIoIntegration(stack, 'customerio', {
      ...SMALLEST,
      runtime: { bundle: placeholderBundle },
      warehouse: { readers: [`serviceAccount:${email}`] },
    });
    const json = JSON.parse(JSON.stringify(stack.toTerraform()));
    const [dataset] = Object.values(json.resource.google_bigquery_dataset) as { access: unknown }[];
    expect(dataset?.access).toEqual([
      OWNERS,
      { role: 'READER', user_by_email: expect.stringContaining('google_service_account.bi.email') },
    ]);
  });

  it('lets views of other datasets read', () => {
    expect(accessWith({ authorizedViews: ['acme.com:reports.marketing.opens_per_week'] })).toEqual([
      OWNERS,
      {
        view: {
          project_id: 'acme.com:reports',
          dataset_id: 'marketing',
          table_id: 'opens_per_week',
        },
      },
    ]);
  });

  it('is the dataset’s own list, which no resource beside it adds to or takes from', () => {
    const types = made({ readers: ['group:analysts@acme.example'] }).map(({ type }) => type);
    expect(types.filter((type) => /^google_bigquery_dataset_/.test(type))).toEqual([]);
    // Pub/Sub's agent writes by grants on the tables.
    expect(types.filter((type) => type === 'google_bigquery_table_iam_member')).toHaveLength(6);
  });

  it('adds no resource and moves none', () => {
    const addresses = (warehouse: object): readonly string[] => made(warehouse).map(({ address }) => address);
    expect(addresses({ readers: ['group:analysts@acme.example'] })).toEqual(addresses({}));
  });

  it('of a dataset that exists is its owner’s', () => {
    const types = made({ existingDataset: 'marketing' }).map(({ type }) => type);
    expect(types.filter((type) => /^google_bigquery_dataset/.test(type))).toEqual([]);
  });
});
