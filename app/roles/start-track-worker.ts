import type { ConfigFor } from '../contract/env.ts';
import { LIMITS } from '../contract/limits.ts';
import type { TrackWorker } from '../delivery/track-worker.ts';
import type { Operations } from '../runtime/http/operations-router.ts';
import type { Running } from '../runtime/run-until-signal.ts';
import { untilDeadline } from '../runtime/until-deadline.ts';
import { buildTrackWorker } from './build-track-worker.ts';
import { type DeployedRole, deployedRole, type RoleOptions } from './deployed-role.ts';
import { serveOperations } from './serve-operations.ts';

/** What is left of the drain for leaving Kafka, in milliseconds. */
const KAFKA_CLOSE_MS = 1_000;

const operationsOf = ({ link, startup, metrics }: DeployedRole, worker: TrackWorker): Operations => ({
  readiness: () => {
    const { state } = worker;
    const heldFor = link.heldFor ?? state.heldFor;
    return { ready: heldFor === undefined, roles: { 'track-worker': { ...state, heldFor } } };
  },
  startup,
  metrics,
});

/**
 * Starts the track worker: answers its probes at once, then finds its way to Kafka and joins its group. Without a credential of
 * the Track API it joins, and holds.
 *
 * @throws ListenError when the port is busy
 * @example const worker = await startTrackWorker(processConfig('track-worker'));
 */
export const startTrackWorker = async (
  config: ConfigFor<'track-worker'>,
  options: RoleOptions = {},
): Promise<Running> => {
  const role = await deployedRole('track-worker', config, options);
  const { bus, logger, metrics, secrets, link } = role;
  const worker = buildTrackWorker(config, { bus, logger, metrics, secrets });
  const own = await serveOperations(config.metricsPort, operationsOf(role, worker));
  const joining = role.start().then((ready) => (ready ? worker.start() : undefined));
  const stop = async (): Promise<void> => {
    const end = Date.now() + LIMITS.drainMs;
    role.stop();
    await untilDeadline(
      link.heldFor === undefined ? joining.then(() => worker.stop()) : Promise.resolve(),
      end - 2 * KAFKA_CLOSE_MS,
    );
    await role.closeBus(end - KAFKA_CLOSE_MS / 2);
    await own.close();
  };
  return { url: `http://localhost:${own.port}`, stop };
};
