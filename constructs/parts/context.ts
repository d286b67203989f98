import type { Names } from '../names.ts';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import type { Settings } from '../settings/settings.ts';

/** What every part of an integration is given. */
export interface Context {
  readonly props: CustomerIoIntegrationProps;
  readonly settings: Settings;
  readonly names: Names;
  readonly labels: Record<string, string>;
  /** Keeps Terraform from destroying stateful things that have no protection of their own: in prod, while it is protected. */
  readonly preventDestroy: boolean;
  /** The project's number, looked up at the first call where the props do not give it. */
  readonly projectNumber: () => string;
}
