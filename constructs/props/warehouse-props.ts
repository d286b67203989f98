/** The dataset that is made. */
export interface DatasetProps {
  /**
   * Id of the dataset: letters, digits and underscores.
   * @default `customerio_events`, with the prefix in front
   * @example { warehouse: { datasetProps: { datasetId: 'customerio' } } }
   */
  readonly datasetId?: string;

  /**
   * BigQuery location: a region, `EU` or `US`. It cannot be changed later.
   * @default `EU` or `US`, after `customerIoRegion`; with a key of one’s own, `location`
   * @example { warehouse: { datasetProps: { location: 'europe-west1' } } }
   */
  readonly location?: string;
}

/** The warehouse: tables of delivery events, quarantine and dead letters in BigQuery, and views over them. */
export interface WarehouseProps {
  /**
   * Id of a dataset of the same project. Not with `datasetProps`.
   * @default a new dataset
   * @example { warehouse: { existingDataset: 'marketing' } }
   */
  readonly existingDataset?: string;

  /**
   * The dataset that is made. Not with `existingDataset`.
   * @default a dataset named after the integration
   * @example { warehouse: { datasetProps: {} } }
   */
  readonly datasetProps?: DatasetProps;

  /**
   * Who reads the dataset’s tables and views, IAM members; to run queries they also need roles/bigquery.jobUser on the project. Lower case, as
   * BigQuery answers it. The project’s viewers and editors have no access unless they are named. Not with `existingDataset`, whose owner says who reads it.
   * @default nobody but the owners
   * @example { warehouse: { readers: ['group:analysts@acme.example', 'serviceAccount:dashboards@acme.iam.gserviceaccount.com'] } }
   */
  readonly readers?: readonly string[];

  /**
   * Who owns the dataset, IAM members: they change tables and rights. Whoever deploys must be among them, or have roles/bigquery.dataOwner on the
   * project. Not with `existingDataset`.
   * @default the project’s owners
   * @example { warehouse: { owners: ['group:data-platform@acme.example', 'serviceAccount:deploy@acme.iam.gserviceaccount.com'] } }
   */
  readonly owners?: readonly string[];

  /**
   * Views of other datasets that may read the tables for those who may read the view, `project.dataset.view` each. What was authorized in another
   * way is taken away by the next deployment. Not with `existingDataset`.
   * @default none
   * @example { warehouse: { authorizedViews: ['acme-reports.marketing.opens_per_week'] } }
   */
  readonly authorizedViews?: readonly string[];

  /**
   * Days that delivery events are kept, 31 to 3650: longer than late webhooks are accepted.
   * @default 90 in dev, 180 in staging, 760 in prod
   * @example { warehouse: { eventDays: 400 } }
   */
  readonly eventDays?: number;

  /**
   * Days that quarantine and dead letters are kept, 31 to 3650.
   * @default 90
   * @example { warehouse: { quarantineDays: 180 } }
   */
  readonly quarantineDays?: number;
}
