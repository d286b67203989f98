import { readFileSync } from 'node:fs';
import { type ConfigFor, ENV, type Setting } from '../../contract/env.ts';
import type { Scope } from '../../contract/roles.ts';
import { type Parsed, parseSetting } from './parse-setting.ts';

/** One fault of a configuration: which variable, which rule, where to set it. Never the value. */
export interface ConfigFault {
  readonly name: string;
  readonly rule: string;
  readonly where: string;
}

/** Every fault of a configuration, together. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(
      `bad settings: ${faults.map((fault) => `${fault.name} ${fault.rule} (${fault.where})`).join('; ')}`,
    );
    this.faults = faults;
  }
}

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

const where = (name: string, setting: Setting, scope: Scope): string => {
  if (setting.secret === undefined || scope === 'local') return `environment variable ${name}`;
  return `secret ${setting.secret}, mounted at the path in ${name}_FILE`;
};

const fallback = (setting: Setting, scope: Scope): string | undefined => {
  if (scope === 'fake-customerio') return setting.fake ?? setting.local ?? setting.default;
  if (scope !== 'local' || setting.local === undefined) return setting.default;
  return setting.local ?? undefined;
};

const mayBeAbsent = (setting: Setting, scope: Scope): boolean =>
  setting.optional === true || (scope === 'local' && setting.local === null);

const shape = (text: string): string => `, got ${text.length} characters`;

const fromFile = (path: string): Parsed => {
  try {
    return { value: readFileSync(path, 'utf8').trim() };
  } catch (error) {
    const code = Error.isError(error) && 'code' in error ? String(error.code) : 'unreadable';
    return { rule: `names a file that cannot be read: ${code}` };
  }
};

const textOf = (name: string, setting: Setting, scope: Scope, env: Environment): Parsed => {
  const path = setting.secret === undefined ? undefined : env[`${name}_FILE`];
  if (path) return fromFile(path);
  return { value: env[name] || fallback(setting, scope) };
};

const readSetting = (name: string, setting: Setting, scope: Scope, env: Environment): Parsed => {
  const text = textOf(name, setting, scope, env);
  if ('rule' in text) return text;
  if (typeof text.value !== 'string' || text.value === '') {
    return mayBeAbsent(setting, scope) ? { value: undefined } : { rule: 'must be set' };
  }
  const parsed = parseSetting(setting, text.value);
  return 'rule' in parsed ? { rule: parsed.rule + shape(text.value) } : parsed;
};

const SASL_NAMES = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;

const saslFaults = (config: Record<string, unknown>, scope: Scope): ConfigFault[] => {
  if (config['kafkaSaslMechanism'] !== 'plain') return [];
  return SASL_NAMES.filter((name) => config[camelCase(name)] === undefined).map((name) => ({
    name,
    rule: 'must be set when KAFKA_SASL_MECHANISM is plain',
    where: where(name, ENV[name], scope),
  }));
};

/**
 * Reads a scope's settings from the environment and from mounted secret files (`<NAME>_FILE`).
 *
 * @param scope the role, or `local`
 * @param env the variables, usually `process.env`; an empty text counts as absent
 * @throws ConfigError with every fault: name, rule, where to set it, and the shape of what was found, never the value
 * @example parseConfig('local', process.env).port // 8080
 */
export const parseConfig = <S extends Scope>(scope: S, env: Environment): ConfigFor<S> => {
  const faults: ConfigFault[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(ENV) as [keyof typeof ENV, Setting][]) {
    if (!setting.scopes.includes(scope)) continue;
    const read = readSetting(name, setting, scope, env);
    if ('rule' in read) faults.push({ name, rule: read.rule, where: where(name, setting, scope) });
    else config[camelCase(name)] = read.value;
  }
  const named = new Set(faults.map((fault) => fault.name));
  faults.push(...saslFaults(config, scope).filter((fault) => !named.has(fault.name)));
  if (faults.length > 0) throw new ConfigError(faults);
  return config as ConfigFor<S>;
};
