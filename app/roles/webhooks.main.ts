import { processConfig } from '../runtime/config/process-config.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';
import { EXPECTED_AT_START } from './expected-at-start.ts';
import { startWebhooks } from './start-webhooks.ts';

await runUntilSignal(async () => startWebhooks(processConfig('webhooks')), EXPECTED_AT_START);
