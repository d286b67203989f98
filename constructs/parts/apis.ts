import { ProjectService } from '@cdktf/provider-google/lib/project-service/index.js';
import { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { Context } from './context.ts';

const ALWAYS = ['iam', 'run', 'secretmanager', 'storage'];

/** The Google APIs that an integration needs, without the domain. */
export const apisOf = ({ props }: Context): readonly string[] => {
  const { kafka, network, ingest, encryption, runtime, secrets } = props;
  const managed = kafka.managed !== undefined;
  const wanted: readonly (readonly [string, boolean])[] = [
    ['managedkafka', managed],
    ['compute', managed || network !== undefined || ingest?.loadBalancer !== undefined],
    ['cloudkms', encryption !== undefined],
    ['artifactregistry', runtime?.imageMirrorProps !== undefined],
    ['pubsub', secrets?.rotation !== undefined],
    ['cloudresourcemanager', managed || props.projectNumber === undefined],
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
    const names = this.services.map((api) => `${api.terraformResourceType}.${api.friendlyUniqueId}`);
    for (const node of scope.node.findAll()) {
      if (!TerraformResource.isTerraformResource(node) || node instanceof ProjectService) continue;
      node.dependsOn = [...(node.dependsOn ?? []), ...names];
    }
  }
}
