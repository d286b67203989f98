import type { ConfigFor } from '../contract/env.ts';
import { InMemoryBus } from '../kafka/in-memory-bus.ts';
import type { Bus } from '../kafka/port.ts';
import { kafkaBus } from '../roles/build-bus.ts';
import type { Logger } from '../runtime/logger.ts';
import { savedBus } from './saved-bus.ts';

/** Well below the 512 MB that one text, and so the saved file, may have. */
const MOST_HELD_BYTES = 200_000_000;
/** Of each topic, what was delivered stays readable: some 20,000 events, for traces. */
const KEPT_BYTES = 16_000_000;

/** The bus of `npm start`: real brokers where they are given, else memory that outlives a stop. */
export interface LocalBus {
  readonly kind: 'kafka' | 'memory';
  readonly bus: Bus;
  /** Whether memory holds as many events as it may: the ingest then answers 429. */
  readonly full: () => boolean;
  /** Takes up what an earlier stop kept. */
  readonly load: () => void;
  /** Keeps what would be lost. */
  readonly save: () => void;
}

/** Chooses the bus by the settings. @param folder where memory is kept over a stop */
export const localBus = async (
  config: ConfigFor<'local'>,
  folder: string,
  logger: Logger,
): Promise<LocalBus> => {
  if (config.kafkaBrokers !== undefined) {
    const bus = await kafkaBus(config, 'customerio-local', logger);
    return { kind: 'kafka', bus, full: () => false, load: () => undefined, save: () => undefined };
  }
  const bus = new InMemoryBus({ keepSettledBytes: KEPT_BYTES });
  const saved = savedBus(folder);
  const load = (): void => {
    if (saved.load(bus)) logger.info({ folder }, 'bus.restored');
  };
  return {
    kind: 'memory',
    bus,
    full: () => bus.heldBytes > MOST_HELD_BYTES,
    load,
    save: () => saved.save(bus),
  };
};
