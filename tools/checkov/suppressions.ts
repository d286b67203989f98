/** A finding of checkov that is accepted. */
export interface Suppression {
  /** Such as `CKV_GCP_80`. */
  readonly check: string;
  /** Which resources it is accepted of, by their name in Terraform’s JSON: another resource with the same finding fails. */
  readonly resources: RegExp;
  readonly reason: string;
}

const OWN_KEYS =
  'Google’s keys encrypt it. A key of one’s own is `encryption`, to be decided before the first deployment: added later it replaces tables and a managed Kafka, which `hardened` must not.';

/** The accepted findings of the prod stack with `hardened: true`. One that matches nothing fails too. */
export const SUPPRESSIONS: readonly Suppression[] = [
  {
    check: 'CKV_GCP_80',
    resources: /_warehouse_(delivery_events|quarantine|dead_letters)_[0-9A-F]{8}$/,
    reason: OWN_KEYS,
  },
  {
    check: 'CKV_GCP_80',
    resources: /_warehouse_\w+-view_[0-9A-F]{8}$/,
    reason: 'A view holds no data: BigQuery takes no key for it.',
  },
  { check: 'CKV_GCP_81', resources: /_warehouse_dataset_[0-9A-F]{8}$/, reason: OWN_KEYS },
  { check: 'CKV_GCP_83', resources: /_stream_(dead-letter-)?topic_[0-9A-F]{8}$/, reason: OWN_KEYS },
  {
    check: 'CKV_GCP_121',
    resources: /_warehouse_\w+-view_[0-9A-F]{8}$/,
    reason: 'A view holds no data and may be made anew whenever its query changes; the tables are protected.',
  },
  {
    check: 'CKV_GCP_62',
    resources: /_runtime_bucket_[0-9A-F]{8}$/,
    reason:
      'Usage logs need a bucket of their own and come hours later. Who reads and writes is logged by Cloud Audit Logs, with `auditLogs` for storage.googleapis.com.',
  },
];
