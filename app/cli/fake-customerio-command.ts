import { Command } from 'commander';
import { startFakeCustomerIo } from '../local/fake-customerio/fake-customerio.ts';
import { EXPECTED } from '../roles/expected.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { guardBrowsers } from '../runtime/http/guard-browsers.ts';
import { createLogger } from '../runtime/logger.ts';
import { runUntilSignal } from '../runtime/run-until-signal.ts';

/** `cio-platform fake-customerio`: the fake in a process of its own. */
export const fakeCustomerIoCommand = (): Command =>
  new Command('fake-customerio')
    .description('run a fake Customer.io on HOST and PORT (8081), for tests and for trying things out')
    .action(() =>
      runUntilSignal(async () => {
        const { host, port, logLevel, localHosts = [] } = processConfig('fake-customerio');
        const logger = createLogger('fake-customerio', logLevel);
        const fake = await startFakeCustomerIo({
          host,
          port,
          guard: (handler) => guardBrowsers(handler, localHosts),
          onRequest: (entry) => logger.info(entry, 'fake.request'),
        });
        const stop = async (): Promise<void> => {
          logger.info(fake.fake.stats(), 'fake.stopped');
          await fake.close();
        };
        return { url: fake.url.replace(/\/fake-customerio$/, ''), stop };
      }, EXPECTED),
    );
