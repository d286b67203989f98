import type { ConfigFor } from '../../contract/env.ts';
import type { Scope } from '../../contract/roles.ts';
import { type Environment, parseConfig } from './parse-config.ts';

/**
 * The configuration of this process, from its own environment; see {@link parseConfig}.
 *
 * @param instead variables that win over those of the environment, where they are given
 */
export const processConfig = <S extends Scope>(scope: S, instead: Environment = {}): ConfigFor<S> => {
  const given = Object.entries(instead).filter(([, text]) => text !== undefined);
  return parseConfig(scope, { ...process.env, ...Object.fromEntries(given) });
};
