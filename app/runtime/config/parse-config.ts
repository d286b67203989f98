import { readFileSync } from 'node:fs';
import { type ConfigFor, ENV } from '../../contract/env.ts';
import { ROLES, type Scope } from '../../contract/roles.ts';
import { UNSET } from '../../contract/secrets.ts';
import type { Setting } from '../../contract/setting.ts';
import { codeOf } from './code-of.ts';
import { type Joined, jointFaults } from './joint-faults.ts';
import { type Parsed, parseSetting, shapeOf } from './parse-setting.ts';
import { SecretSetting } from './secret-setting.ts';

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

const fromFile = (path: string): Parsed => {
  try {
    return { value: readFileSync(path, 'utf8').trim() };
  } catch (error) {
    return { rule: `names a file that cannot be read: ${codeOf(error)}` };
  }
};

/** Only a deployed role waits for a value; the others tell at once. */
const mayHold = (scope: Scope): boolean => scope in ROLES;

const secretOf = (name: string, setting: Setting, scope: Scope, env: Environment): Parsed => {
  const path = env[`${name}_FILE`] || undefined;
  const secret = new SecretSetting(name, setting, path);
  const text: Parsed = path ? fromFile(path) : { value: env[name] || fallback(setting, scope) };
  if ('rule' in text) return text;
  if (typeof text.value !== 'string') {
    return mayBeAbsent(setting, scope) ? { value: secret } : { rule: 'must be set' };
  }
  const taken = secret.take(text.value);
  if (taken.kind === 'faulty') return taken;
  const refused = taken.kind === 'unset' && !mayHold(scope);
  return refused ? { rule: `must be set, got the placeholder \`${UNSET}\`` } : { value: secret };
};

const plainOf = (name: string, setting: Setting, scope: Scope, env: Environment): Parsed => {
  const text = env[name] || fallback(setting, scope);
  if (text === undefined) return mayBeAbsent(setting, scope) ? { value: undefined } : { rule: 'must be set' };
  const parsed = parseSetting(setting, text);
  return 'rule' in parsed ? { rule: parsed.rule + shapeOf(text) } : parsed;
};

/**
 * Reads a scope's settings from the environment and from mounted secret files (`<NAME>_FILE`). A secret of a deployed role may
 * hold the placeholder `unset`: the role then starts and holds.
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
    const read = (setting.secret === undefined ? plainOf : secretOf)(name, setting, scope, env);
    if ('rule' in read) faults.push({ name, rule: read.rule, where: where(name, setting, scope) });
    else config[camelCase(name)] = read.value;
  }
  const named = new Set(faults.map((fault) => fault.name));
  const joint = jointFaults(config as Joined, env).filter(({ name }) => !named.has(name));
  faults.push(...joint.map((fault) => ({ ...fault, where: where(fault.name, ENV[fault.name], scope) })));
  if (faults.length > 0) throw new ConfigError(faults);
  return config as ConfigFor<S>;
};
