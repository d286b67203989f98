import type { ConfigFor } from '../contract/env.ts';
import type { Role } from '../contract/roles.ts';
import type { CustomerIOEventBus } from '../kafka/customerio-event-bus.ts';
import type { Bus } from '../kafka/port.ts';
import { systemClock } from '../runtime/clock.ts';
import { needsSaslSecrets } from '../runtime/config/joint-faults.ts';
import type { Startup } from '../runtime/http/operations-router.ts';
import { untilDeadline } from '../runtime/until-deadline.ts';
import { eventBus, type KafkaConfig, kafkaBus } from './build-bus.ts';
import { KafkaLink } from './kafka-link.ts';
import { type PartsOptions, type RoleParts, roleParts } from './role-parts.ts';

/** What a test or an embedder replaces of a deployed role on Kafka. Times in milliseconds. */
export interface RoleOptions extends PartsOptions {
  /** @default a client of the brokers in the settings */
  readonly bus?: Bus;
  /** How often Kafka is tried again while it cannot be worked with. @default 3000 */
  readonly retryMs?: number;
}

/** What every deployed role on Kafka consists of. */
export interface DeployedRole extends RoleParts {
  readonly bus: CustomerIOEventBus;
  readonly link: KafkaLink;
  readonly startup: () => Startup;
  /** Re-reads its secrets from now on and finds its way to Kafka; resolves true once it may read and write. */
  start(): Promise<boolean>;
  /** Ends what {@link start} began. The bus is still to be closed. */
  stop(): void;
  /** Writes what waits and leaves Kafka, at most until `deadline` (milliseconds since 1970). */
  closeBus(deadline: number): Promise<void>;
}

/** How long a connection that is just being made may delay a stop, in milliseconds: nothing waits for it. */
const UNCONNECTED_MS = 500;

type RoleConfig = KafkaConfig & Pick<ConfigFor<'ingest'>, 'logLevel' | 'kafkaTopics'>;

const startupOf = (link: KafkaLink) => (): Startup => {
  const started = link.reached || link.heldFor === 'kafka_credential_unset';
  return started ? { started } : { started, reason: link.heldFor };
};

/** Builds what every deployed role on Kafka consists of. */
export const deployedRole = async (
  role: Role,
  config: RoleConfig,
  options: RoleOptions = {},
): Promise<DeployedRole> => {
  const parts = roleParts(role, config, options);
  const { logger, metrics, secrets } = parts;
  const port =
    options.bus ?? (await kafkaBus(config, `customerio-${role}`, logger, () => void secrets.refresh()));
  const bus = eventBus(port, logger);
  const link = new KafkaLink({
    bus: port,
    mode: config.kafkaTopics,
    credentials: needsSaslSecrets(config) ? [config.kafkaSaslUsername, config.kafkaSaslPassword] : [],
    logger,
    clock: systemClock,
    retryMs: options.retryMs,
  });
  metrics.gauge('kafka_ready', '1 once Kafka is connected and its topics are verified', () =>
    link.heldFor === undefined ? 1 : 0,
  );
  secrets.onChange(() => link.wake());
  const start = (): Promise<boolean> => {
    secrets.start();
    return link.start();
  };
  const stop = (): void => {
    secrets.stop();
    link.stop();
  };
  const closeBus = (deadline: number): Promise<void> => {
    const soon = Math.min(deadline, Date.now() + UNCONNECTED_MS);
    return untilDeadline(bus.close(), link.heldFor === undefined ? deadline : soon);
  };
  return { ...parts, bus, link, startup: startupOf(link), start, stop, closeBus };
};
