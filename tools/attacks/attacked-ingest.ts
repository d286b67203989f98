import { type LimitedRole, limitedRole } from './limited-role.ts';

const ENVIRONMENT = {
  PORT: '0',
  HOST: '127.0.0.1',
  METRICS_PORT: '0',
  KAFKA_BROKERS: '127.0.0.1:1',
  KAFKA_TLS: 'false',
  INGEST_WRITE_KEYS: 'attacker=attacker-write-key\nvictim=victim-write-key-1',
  LOG_LEVEL: 'info',
};

/**
 * Starts the ingest with the memory of a container.
 *
 * @param memoryMib the container's memory
 */
export const attackedIngest = (memoryMib: number): Promise<LimitedRole> =>
  limitedRole({ role: 'ingest', main: 'ingest.main.ts', environment: ENVIRONMENT, memoryMib });
