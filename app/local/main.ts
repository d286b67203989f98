import { BusError } from '../kafka/port.ts';
import { ConfigError } from '../runtime/config/parse-config.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { ListenError } from '../runtime/http/listen.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';
import { startLocal } from './start-local.ts';

await runUntilSignal(async () => startLocal(processConfig('local')), [ConfigError, ListenError, BusError]);
