import { setTimeout as delay } from 'node:timers/promises';
import { Generations } from './generations.ts';
import { faultOf } from './kafkajs-credentials.ts';
import { isGenerationOver } from './kafkajs-errors.ts';
import { KafkajsSession } from './kafkajs-session.ts';
import { type KafkajsBusOptions, SETTINGS } from './kafkajs-settings.ts';
import type { BusListener, BusSubscription, Position, SubscribeOptions, TopicPartition } from './port.ts';
import { within } from './within.ts';

/**
 * A member of a group that lives until it is stopped: where its consumer crashes, a new one takes its place, with the
 * credential of then.
 */
export class KafkajsSubscription implements BusSubscription {
  readonly #options: KafkajsBusOptions;
  readonly #topics: SubscribeOptions;
  readonly #generations: Generations;
  readonly #stopping = new AbortController();
  #session: KafkajsSession | undefined;
  #running: Promise<void> | undefined;

  constructor(options: KafkajsBusOptions, topics: SubscribeOptions, listener: BusListener) {
    this.#options = options;
    this.#topics = topics;
    this.#generations = new Generations(listener);
  }

  start(): void {
    this.#running ??= this.#keepRunning();
  }

  async commit(generation: number, positions: readonly Position[]): Promise<boolean> {
    const session = this.#session;
    if (session === undefined || !this.#generations.isCurrent(generation)) return false;
    if (positions.length === 0) return true;
    try {
      await session.commit(positions);
      return true;
    } catch (error) {
      if (isGenerationOver(error) || !this.#generations.isCurrent(generation)) return false;
      throw faultOf(this.#options, error, `committing for ${this.#topics.group}`);
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#generations.pause(partitions);
    this.#session?.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#generations.resume(partitions);
    this.#session?.resume(partitions);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#generations.end();
    try {
      await within(SETTINGS.stopWithin, 'leaving the group', this.#leave());
    } catch (error) {
      this.#warn(error, 'left the group without an answer');
    }
  }

  async #leave(): Promise<void> {
    await this.#session?.stop();
    await this.#running;
  }

  async #keepRunning(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const session = new KafkajsSession(this.#options, this.#topics, this.#generations);
      this.#session = session;
      const reason = await session.run().catch((error: unknown) => error);
      this.#generations.end();
      this.#session = undefined;
      if (signal.aborted) return;
      this.#warn(reason, `the consumer ended, another one starts in ${SETTINGS.recreateDelay} ms`);
      await session.stop().catch(() => undefined);
      await delay(SETTINGS.recreateDelay, undefined, { signal }).catch(() => undefined);
    }
  }

  #warn(error: unknown, message: string): void {
    const fault = faultOf(this.#options, error, `consuming as ${this.#topics.group}`);
    this.#options.logger.warn(
      { group: this.#topics.group, code: fault.code, reason: fault.message },
      message,
    );
  }
}
