import { GROUPS, TOPICS } from '../contract/topics.ts';
import type { BusListener, BusRecord, BusSubscription, TopicPartition } from '../kafka/port.ts';
import { DeliveryRun, type RunOptions } from './delivery-run.ts';

/** What the track worker needs. */
export interface TrackWorkerOptions extends Omit<RunOptions, 'group' | 'onSettled'> {
  readonly bus: {
    subscribe(
      options: { readonly group: string; readonly topics: readonly string[] },
      listener: BusListener,
    ): Promise<BusSubscription>;
  };
}

/**
 * Brings records from customerio.identify and customerio.track to the Track API: a person's records in order, each settled
 * once, offsets committed only up to the highest contiguous settled one.
 *
 * @example
 * const worker = new TrackWorker({ bus, sender: service, publish: bus.publish, lanes: 6, processed: 'batch', … });
 * await worker.start();
 */
export class TrackWorker implements BusListener {
  readonly #options: TrackWorkerOptions;
  #subscription: BusSubscription | undefined;
  #run: DeliveryRun | undefined;
  #generation = -1;
  #assignment: readonly TopicPartition[] = [];
  #paused = false;
  #timer: NodeJS.Timeout | undefined;
  #forget: () => void = () => undefined;
  /** What was last said of a hold. */
  #saidHeldFor: string | undefined;
  #committing: Promise<void> = Promise.resolve();

  constructor(options: TrackWorkerOptions) {
    this.#options = options;
  }

  /** What it is doing: the partitions it owns, what waits, why it holds. */
  get state(): {
    readonly partitions: number;
    readonly waiting: number;
    readonly heldFor: string | undefined;
  } {
    return {
      partitions: this.#assignment.length,
      waiting: this.#run?.waiting.records ?? 0,
      heldFor: this.#options.credential.isSet ? this.#run?.heldFor : 'credential_unset',
    };
  }

  /** Joins the group and works until it is stopped. */
  async start(): Promise<void> {
    const topics = [TOPICS.identify.name, TOPICS.track.name];
    this.#forget = this.#options.credential.onChange(() => this.#run?.credentialChanged());
    this.#subscription = await this.#options.bus.subscribe({ group: GROUPS.trackWorker, topics }, this);
    this.#timer = setInterval(() => {
      this.#committing = this.#tick();
    }, this.#options.settings.commitMs);
  }

  /** Finishes what is in flight, commits, and leaves the group. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#forget();
    this.#subscription?.pause(this.#assignment);
    await this.#run?.close();
    await this.#committing;
    await this.#commit();
    this.#run?.abandon();
    await this.#subscription?.stop();
  }

  joined(generation: number, assignment: readonly TopicPartition[]): void {
    this.#run?.abandon();
    this.#generation = generation;
    this.#assignment = assignment;
    this.#paused = false;
    this.#run = new DeliveryRun({
      ...this.#options,
      group: GROUPS.trackWorker,
      onSettled: () => this.#regulate(),
    });
    this.#options.logger.info({ generation, partitions: assignment.length }, 'group.joined');
  }

  records(generation: number, records: readonly BusRecord[]): void {
    if (generation !== this.#generation || this.#run === undefined) return;
    this.#run.take(records);
    this.#regulate();
  }

  /** The barrier joins here: until then, what is in flight at a rebalance is void and sent again, and recognised. */
  revoked(generation: number): void {
    if (generation !== this.#generation) return;
    this.#run?.abandon();
    this.#run = undefined;
    this.#assignment = [];
    this.#options.logger.info({ generation }, 'group.revoked');
  }

  async #tick(): Promise<void> {
    this.#regulate();
    this.#tellOfHold();
    await this.#commit();
  }

  #tellOfHold(): void {
    const { heldFor, waiting } = this.state;
    if (heldFor === this.#saidHeldFor) return;
    const { logger } = this.#options;
    if (heldFor === undefined) logger.info({ heldFor: this.#saidHeldFor, waiting }, 'delivery.resumed');
    else logger.error({ heldFor, waiting }, 'delivery.held');
    this.#saidHeldFor = heldFor;
  }

  #regulate(): void {
    const { waiting: most } = this.#options.settings;
    const { bytes, records } = this.#run?.waiting ?? { bytes: 0, records: 0 };
    const share = Math.max(bytes / most.bytes, records / most.records);
    if (!this.#paused && share >= 1) this.#setPaused(true);
    else if (this.#paused && share <= 0.5) this.#setPaused(false);
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#subscription?.pause(this.#assignment);
    else this.#subscription?.resume(this.#assignment);
  }

  async #commit(): Promise<void> {
    const run = this.#run;
    const positions = run?.uncommitted() ?? [];
    if (run === undefined || positions.length === 0) return;
    try {
      if (await this.#subscription?.commit(this.#generation, positions)) run.committed(positions);
    } catch (error) {
      // The positions stay uncommitted and are committed with the next ones.
      this.#options.logger.warn({ err: error }, 'commit.failed');
    }
  }
}
