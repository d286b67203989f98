import type { ConfigFor } from '../../contract/env.ts';
import type { Scope } from '../../contract/roles.ts';
import { parseConfig } from './parse-config.ts';

/** The configuration of this process, from its own environment; see {@link parseConfig}. */
export const processConfig = <S extends Scope>(scope: S): ConfigFor<S> => parseConfig(scope, process.env);
