import type { WorkloadProps } from './workload-props.ts';

/** The track worker: a Cloud Run worker pool. */
export interface TrackWorkerProps extends WorkloadProps {
  /**
   * Instances, 1 to 100, and at most one for each partition: more would idle.
   * @default 1 in dev and staging, 2 in prod
   * @example { trackWorker: { instances: 3 } }
   */
  readonly instances?: number;

  /**
   * Requests to the Track API that one instance has in flight, 1 to 64; over all instances at most 300.
   * @default 6
   * @example { trackWorker: { lanes: 8 } }
   */
  readonly lanes?: number;

  /**
   * What is written to customerio.processed: a record for each event, for each batch, or nothing.
   * @default 'batch'
   * @example { trackWorker: { processed: 'event' } }
   */
  readonly processed?: 'event' | 'batch' | 'off';

  /**
   * Leaves the number of instances to something else after the first deployment.
   * @default false
   * @example { trackWorker: { scaledElsewhere: true } }
   */
  readonly scaledElsewhere?: boolean;
}
