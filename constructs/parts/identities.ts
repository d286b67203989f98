import { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { Construct } from 'constructs';
import { ROLES, type Role } from '../../app/contract/roles.ts';
import type { WorkloadProps } from '../props/workload-props.ts';
import type { Context } from './context.ts';
import { AFTER_ITS_USERS } from './grant.ts';

/** Who a role is. */
export interface Identity {
  readonly role: Role;
  readonly email: string;
  /** As IAM writes it: `serviceAccount:<email>`. */
  readonly member: string;
  /** The account, where it was made here. */
  readonly account?: ServiceAccount;
}

const propsOf = ({ props }: Context, role: Role): WorkloadProps =>
  ({ ingest: props.ingest, 'track-worker': props.trackWorker, webhooks: props.webhooks })[role] ?? {};

/** Whether a role reads or writes Kafka. */
export const usesKafka = (role: Role): boolean => ROLES[role].writes.length > 0;

const existing = (role: Role, email: string): Identity => ({
  role,
  email,
  member: `serviceAccount:${email}`,
});

/** A service account for each role: its own, so that each may do no more than it must. */
export class Identities extends Construct {
  readonly #byRole: ReadonlyMap<Role, Identity>;

  constructor(scope: Construct, id: string, context: Context) {
    super(scope, id);
    const roles = Object.keys(ROLES) as Role[];
    this.#byRole = new Map(roles.map((role) => [role, this.#identity(role, context)]));
  }

  get all(): readonly Identity[] {
    return [...this.#byRole.values()];
  }

  /** Those that read or write Kafka. */
  get withKafka(): readonly Identity[] {
    return this.all.filter(({ role }) => usesKafka(role));
  }

  of(role: Role): Identity {
    const identity = this.#byRole.get(role);
    if (identity === undefined) throw new Error(`no identity of the role ${role}`);
    return identity;
  }

  #identity(role: Role, context: Context): Identity {
    const { existingServiceAccount, serviceAccountProps } = propsOf(context, role);
    if (existingServiceAccount !== undefined) return existing(role, existingServiceAccount);
    const account = new ServiceAccount(this, role, {
      project: context.props.project,
      accountId: serviceAccountProps?.accountId ?? context.names.account(role),
      displayName: serviceAccountProps?.displayName ?? `${context.names.base} ${role}`,
      description: ROLES[role].purpose,
      lifecycle: AFTER_ITS_USERS,
    });
    return { role, email: account.email, member: account.member, account };
  }
}
