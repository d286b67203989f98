/** A service account that is made for a role. */
export interface ServiceAccountProps {
  /**
   * The part before `@`: 6 to 30 lower-case letters, digits and dashes.
   * @default `cio-<role>`, with the prefix in front
   * @example { ingest: { serviceAccountProps: { accountId: 'events-in' } } }
   */
  readonly accountId?: string;

  /**
   * Name that people see, at most 100 characters.
   * @default what the role does
   * @example { ingest: { serviceAccountProps: { displayName: 'Takes events' } } }
   */
  readonly displayName?: string;
}

/** What every container has. */
export interface WorkloadProps {
  /**
   * Virtual CPUs of an instance: 1, 2, 4, 6 or 8.
   * @default 1
   * @example { ingest: { cpu: 2 }, trackWorker: { cpu: 2 } }
   */
  readonly cpu?: number;

  /**
   * Memory of an instance in MiB, 512 to 32,768; at least 2,048 with 4 CPUs and 4,096 with 6 or 8. The code is read through the same memory.
   * @default 512 in dev and staging, 1024 in prod
   * @example { ingest: { memoryMib: 1024 }, trackWorker: { memoryMib: 1024 } }
   */
  readonly memoryMib?: number;

  /**
   * E-mail address of a service account that exists. It gets the grants that the role needs. Not with `serviceAccountProps`.
   * @default a new account
   * @example { ingest: { existingServiceAccount: 'events@acme.iam.gserviceaccount.com' } }
   */
  readonly existingServiceAccount?: string;

  /**
   * The service account that is made. Not with `existingServiceAccount`.
   * @default an account named after the role
   * @example { ingest: { serviceAccountProps: {} } }
   */
  readonly serviceAccountProps?: ServiceAccountProps;
}
