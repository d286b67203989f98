import { processConfig } from '../runtime/config/process-config.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';
import { EXPECTED } from './expected.ts';
import { startTrackWorker } from './start-track-worker.ts';

await runUntilSignal(async () => startTrackWorker(processConfig('track-worker')), EXPECTED);
