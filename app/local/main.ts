import { EXPECTED } from '../roles/expected.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { KeptFileError } from '../runtime/kept-file.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';
import { startLocal } from './start-local.ts';

await runUntilSignal(async () => startLocal(processConfig('local')), [...EXPECTED, KeptFileError]);
