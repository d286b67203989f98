import { ProjectService } from '@cdktf/provider-google/lib/project-service/index.js';
import { TerraformDataSource, TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { Context } from './context.ts';

const ALWAYS = ['bigquery', 'iam', 'pubsub', 'run', 'secretmanager', 'storage'];

const LOOK_UP_API = 'cloudresourcemanager';

/** The Google APIs that an integration needs, without the domain. */
export const apisOf = ({ props }: Context): readonly string[] => {
  const { kafka, network, ingest, webhooks, encryption, runtime } = props;
  const managed = kafka.managed !== undefined;
  const balanced = ingest?.loadBalancer !== undefined || webhooks?.loadBalancer !== undefined;
  const wanted: readonly (readonly [string, boolean])[] = [
    ['managedkafka', managed],
    ['compute', managed || network !== undefined || balanced],
    ['cloudkms', encryption !== undefined],
    ['artifactregistry', runtime?.imageMirrorProps !== undefined],
    [LOOK_UP_API, managed || props.projectNumber === undefined || props.auditLogs !== undefined],
  ];
  return [...ALWAYS, ...wanted.flatMap(([api, isWanted]) => (isWanted ? [api] : []))].toSorted();
};

/** Enables the APIs; they stay on when this is destroyed, since others in the project may use them too. */
export class Apis extends Construct {
  readonly services: readonly ProjectService[];

  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id);
    this.services = apisOf(context).map(
      (api) =>
        new ProjectService(this, api, {
          project: context.props.project,
          service: `${api}.googleapis.com`,
          disableOnDestroy: false,
        }),
    );
  }

  /** Makes every other resource below `scope` wait for the APIs. */
  before(scope: Construct): void {
    const addresses = this.services.map((api) => `${api.terraformResourceType}.${api.friendlyUniqueId}`);
    for (const node of scope.node.findAll()) {
      if (node instanceof ProjectService) continue;
      // What is looked up waits for its own API only: waiting for all would make it unknown whenever one is added.
      if (node instanceof TerraformDataSource)
        node.dependsOn = addresses.filter((name) => name.includes(LOOK_UP_API));
      else if (TerraformResource.isTerraformResource(node))
        node.dependsOn = [...(node.dependsOn ?? []), ...addresses];
    }
  }
}
