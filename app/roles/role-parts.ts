import type { Role } from '../contract/roles.ts';
import { SecretFiles } from '../runtime/config/secret-files.ts';
import { secretsIn } from '../runtime/config/secret-setting.ts';
import { createLogger, type Logger } from '../runtime/logger.ts';
import { createMetrics, type Metrics } from '../runtime/metrics.ts';

/** What a test or an embedder replaces of the parts of a role. */
export interface PartsOptions {
  /** @default the role's, at LOG_LEVEL */
  readonly logger?: Logger;
  /** How often secret files are read again, in milliseconds. @default five minutes */
  readonly rereadMs?: number;
}

/** What every role has, whatever it is connected to. */
export interface RoleParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly secrets: SecretFiles;
}

/** Makes a role's logger, its metrics, and the reader of its secrets, which is still to be started. */
export const roleParts = (
  role: Role,
  config: { readonly logLevel: string },
  options: PartsOptions,
): RoleParts => {
  const logger = options.logger ?? createLogger(role, config.logLevel);
  const metrics = createMetrics();
  const secrets = new SecretFiles(secretsIn(config), { logger, metrics, everyMs: options.rereadMs });
  return { logger, metrics, secrets };
};
