import { processConfig } from '../runtime/config/process-config.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';
import { EXPECTED } from './expected.ts';
import { startIngest } from './start-ingest.ts';

await runUntilSignal(async () => startIngest(processConfig('ingest')), EXPECTED);
