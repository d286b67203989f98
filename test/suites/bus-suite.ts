import { describe } from '@jest/globals';
import { busBrokerSuite } from './bus-broker-suite.ts';
import { busGroupsSuite } from './bus-groups-suite.ts';
import { busReadingSuite } from './bus-reading-suite.ts';
import { busRecordsSuite } from './bus-records-suite.ts';
import { type BusBackend, busWorld } from './bus-world.ts';

/**
 * The promises of the port Bus, for every adapter.
 *
 * @param name how the adapter is called in the names of the tests
 * @param backendOf the backend; asked for when the tests run
 * @param whyNotUnavailable why the broker cannot be taken away; the case is then skipped with this reason
 */
export function busSuite(name: string, backendOf: () => BusBackend, whyNotUnavailable?: string): void {
  describe(`the bus ${name}`, () => {
    const world = busWorld(backendOf);
    busRecordsSuite(world);
    busReadingSuite(world);
    busGroupsSuite(world);
    busBrokerSuite(world, whyNotUnavailable);
  });
}
