import type { Names } from '../names.ts';
import type { CustomerIoIntegrationProps } from '../props/integration-props.ts';
import type { Settings } from '../settings/settings.ts';

/** What every part of an integration is given. */
export interface Context {
  readonly props: CustomerIoIntegrationProps;
  readonly settings: Settings;
  readonly names: Names;
  readonly labels: Record<string, string>;
  /** Whether nothing that serves or holds data may be destroyed. */
  readonly preventDestroy: boolean;
  /**
   * The same as a part of a life cycle. Also for what has a protection of its own: that one refuses only when it comes to the
   * deletion, after other things are gone.
   */
  readonly kept: { readonly preventDestroy?: boolean };
  /** The project's number, looked up at the first call where the props do not give it. */
  readonly projectNumber: () => string;
}
