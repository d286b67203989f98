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
