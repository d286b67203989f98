import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import { MemoryLog } from '../../app/kafka/memory-log.ts';
import { busSuite } from '../suites/bus-suite.ts';

const log = new MemoryLog();

busSuite('in memory', () => ({
  makeBus: () => new InMemoryBus({ log }),
  makeUnavailable: async () => log.setAvailable(false),
  makeAvailable: async () => log.setAvailable(true),
}));
