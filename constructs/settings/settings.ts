import { ENV } from '../../app/contract/env.ts';
import { ROLES, type Role } from '../../app/contract/roles.ts';
import type { SecretName } from '../../app/contract/secrets.ts';
import type { Setting } from '../../app/contract/setting.ts';
import type { CustomerIoIntegrationProps, PresetName } from '../props/integration-props.ts';
import type { KafkaProps } from '../props/kafka-props.ts';
import { over } from './over.ts';
import { PRESETS, type Preset } from './presets.ts';

/** Everything that has a default or a preset, with concrete values. */
export interface Settings {
  readonly preset: PresetName;
  readonly deletionProtection: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly ingest: Preset['ingest'] & {
    readonly cpu: number;
    readonly access: 'write-key' | 'iam';
    readonly publicAccess: 'allUsers' | 'invokerIamDisabled';
    readonly mapping: 'destination' | 'as-sent';
    readonly concurrency: number;
    readonly timeoutSeconds: number;
  };
  readonly trackWorker: Preset['trackWorker'] & {
    readonly cpu: number;
    readonly lanes: number;
    readonly processed: 'event' | 'batch' | 'off';
    readonly scaledElsewhere: boolean;
  };
  readonly webhooks: Preset['webhooks'] & {
    readonly cpu: number;
    readonly publicAccess: 'allUsers' | 'invokerIamDisabled';
    readonly minInstances: number;
    readonly concurrency: number;
    readonly topicRetentionDays: number;
    readonly deliveryAttempts: number;
  };
  readonly warehouse: Preset['warehouse'] & { readonly quarantineDays: number };
  readonly kafka: Preset['kafka'] & {
    readonly replicationFactor: number;
    readonly minInsyncReplicas: number;
    readonly sessionTimeoutMs: number;
  };
  /** The secrets that some role reads with these props. */
  readonly secrets: readonly SecretName[];
  /** Those of them that Terraform gives a placeholder. */
  readonly placeholders: readonly SecretName[];
}

const DEFAULTS = {
  ingest: {
    cpu: 1,
    access: 'write-key',
    publicAccess: 'allUsers',
    mapping: 'destination',
    concurrency: 80,
    timeoutSeconds: 30,
  },
  trackWorker: { cpu: 1, lanes: 6, processed: 'batch', scaledElsewhere: false },
  webhooks: {
    cpu: 1,
    publicAccess: 'allUsers',
    minInstances: 1,
    concurrency: 80,
    topicRetentionDays: 7,
    deliveryAttempts: 100,
  },
  warehouse: { quarantineDays: 90 },
  kafka: { replicationFactor: 3, minInsyncReplicas: 2, sessionTimeoutMs: 30_000 },
} as const;

const isPreset = (name: unknown): name is PresetName =>
  typeof name === 'string' && Object.hasOwn(PRESETS, name);

/** An environment of a name that is not known is treated as production: too safe is mended sooner than too open. */
const presetOf = ({ preset, environment }: CustomerIoIntegrationProps): PresetName => {
  if (isPreset(preset)) return preset;
  return isPreset(environment) ? environment : 'prod';
};

const kafkaPassword = (kafka: KafkaProps | undefined): boolean => {
  const { mechanism, tokenUrl } = kafka?.sasl ?? {};
  return mechanism !== undefined && (mechanism !== 'oauthbearer' || tokenUrl !== undefined);
};

/** The secrets that a role reads with these props: those of its settings, less those of ways in that are not used. */
export const secretsOf = (role: Role, props: CustomerIoIntegrationProps): readonly SecretName[] => {
  const unused: string[] = [];
  if (!kafkaPassword(props.kafka)) unused.push('kafka-username', 'kafka-password');
  if (props.ingest?.access === 'iam') unused.push('ingest-write-keys');
  return Object.values(ENV as Record<string, Setting>).flatMap(({ scopes, secret }) =>
    secret !== undefined && scopes.includes(role) && !unused.includes(secret) ? [secret] : [],
  );
};

const placeholdersOf = (
  secrets: readonly SecretName[],
  placeholders: boolean | readonly SecretName[] = true,
): readonly SecretName[] => {
  if (Array.isArray(placeholders)) return secrets.filter((name) => placeholders.includes(name));
  return placeholders === true ? secrets : [];
};

/**
 * The settings of an integration: a default gives way to the environment's preset, and that to the user's props. Rules are checked
 * on its result; it needs props whose objects are objects.
 *
 * @example resolveSettings({ environment: 'dev', … }).ingest.maxInstances // 2
 */
export const resolveSettings = (props: CustomerIoIntegrationProps): Settings => {
  const name = presetOf(props);
  const preset = PRESETS[name];
  const { kafka } = props;
  const sizes: Settings['kafka'] = { ...DEFAULTS.kafka, ...preset.kafka };
  const { retentionDays, ...managed } = kafka?.managed ?? {};
  const secrets = [...new Set((Object.keys(ROLES) as Role[]).flatMap((role) => secretsOf(role, props)))];
  return {
    preset: name,
    deletionProtection: props.deletionProtection ?? preset.deletionProtection,
    logLevel: props.logLevel ?? 'info',
    ingest: over<Settings['ingest']>({ ...DEFAULTS.ingest, ...preset.ingest }, props.ingest),
    trackWorker: over<Settings['trackWorker']>(
      { ...DEFAULTS.trackWorker, ...preset.trackWorker },
      props.trackWorker,
    ),
    webhooks: over<Settings['webhooks']>({ ...DEFAULTS.webhooks, ...preset.webhooks }, props.webhooks),
    warehouse: over<Settings['warehouse']>({ ...DEFAULTS.warehouse, ...preset.warehouse }, props.warehouse),
    kafka: {
      ...over(over(sizes, managed), {
        partitions: kafka?.partitions,
        sessionTimeoutMs: kafka?.sessionTimeoutMs,
      }),
      retentionDays: over(preset.kafka.retentionDays, retentionDays),
    },
    secrets,
    placeholders: placeholdersOf(secrets, props.secrets?.placeholders),
  };
};
