import type * as auditConfigModule from '@cdktf/provider-google/lib/project-iam-audit-config/index.js';
import type { ProjectIamAuditConfig } from '@cdktf/provider-google/lib/project-iam-audit-config/index.js';
import { Construct } from 'constructs';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import type { Context } from './context.ts';
import { providerModule } from './provider-module.ts';

/** Which access to the project's services is logged. For each of them this is the whole configuration, whoever made another. */
export class AuditLogs extends Construct {
  readonly services: ReadonlyMap<string, ProjectIamAuditConfig>;

  constructor(
    scope: Construct,
    id: string,
    { props }: Context,
    auditLogs: NonNullable<CustomerIoIntegrationProps['auditLogs']>,
  ) {
    super(scope, id);
    const { ProjectIamAuditConfig: Config } =
      providerModule<typeof auditConfigModule>('project-iam-audit-config');
    this.services = new Map(
      Object.entries(auditLogs).map(([service, types]) => [
        service,
        new Config(this, service, {
          project: props.project,
          service,
          auditLogConfig: types.map((logType) => ({ logType })),
        }),
      ]),
    );
  }
}
