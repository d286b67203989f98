import { ConfigError } from '../runtime/config/parse-config.ts';
import { ListenError } from '../runtime/http/listen.ts';

/** Faults of a start whose message says all there is to say: one line, exit code 1. */
export const EXPECTED_AT_START = [ConfigError, ListenError] as const;
