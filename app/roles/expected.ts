import { BusError } from '../kafka/port.ts';
import { ConfigError } from '../runtime/config/parse-config.ts';
import { ListenError } from '../runtime/http/listen.ts';

/** Faults whose message says all there is to say: one line, exit code 1. */
export const EXPECTED = [ConfigError, ListenError, BusError] as const;
