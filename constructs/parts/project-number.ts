import { DataGoogleProject } from '@cdktf/provider-google/lib/data-google-project/index.js';
import type { Construct } from 'constructs';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';

/** The project's number: the prop, else a look-up that is made once, when it is first asked for. */
export const projectNumber = (
  scope: Construct,
  props: Pick<CustomerIoIntegrationProps, 'project' | 'projectNumber'>,
): (() => string) => {
  let found = props.projectNumber;
  return () => {
    found ??= new DataGoogleProject(scope, 'project', { projectId: props.project }).number;
    return found;
  };
};
