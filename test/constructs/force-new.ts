/**
 * What holds data, and the attributes whose change makes Terraform replace it: those with `ForceNew: true`, and those that a `CustomizeDiff`
 * may force.
 *
 * Source: hashicorp/terraform-provider-google at v6.50.0, google/services/<service>/resource_<type>.go
 */
export const FORCE_NEW: Readonly<Record<string, readonly string[]>> = {
  google_storage_bucket: [
    'name',
    'location',
    'project',
    'enable_object_retention',
    'custom_placement_config',
    'hierarchical_namespace',
    // Once the policy is locked.
    'retention_policy',
  ],
  google_bigquery_dataset: ['dataset_id', 'external_dataset_reference', 'location', 'project'],
  google_bigquery_table: [
    'table_id',
    'dataset_id',
    'project',
    'external_data_configuration',
    'biglake_configuration',
    'schema_foreign_type_info',
    'materialized_view',
    'time_partitioning',
    'range_partitioning',
    'encryption_configuration',
    'table_replication_info',
    // Where a column is removed or changes its type.
    'schema',
  ],
  google_pubsub_topic: ['name', 'project'],
  google_pubsub_subscription: ['name', 'topic', 'enable_message_ordering', 'filter', 'project'],
  google_secret_manager_secret: ['replication', 'secret_id', 'tags', 'project'],
  google_secret_manager_secret_version: [
    'secret',
    'secret_data',
    'secret_data_wo_version',
    'is_secret_data_base64',
  ],
  google_kms_key_ring: ['location', 'name', 'project'],
  google_kms_crypto_key: [
    'key_ring',
    'name',
    'crypto_key_backend',
    'destroy_scheduled_duration',
    'import_only',
    'purpose',
    'version_template',
  ],
  google_managed_kafka_cluster: ['cluster_id', 'gcp_config', 'location', 'project'],
  google_managed_kafka_topic: ['cluster', 'location', 'replication_factor', 'topic_id', 'project'],
};
