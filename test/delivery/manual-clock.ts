import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../app/delivery/engine/gate.ts';

/** A clock that moves only when a test moves it. */
export class ManualClock implements Clock {
  #now = 1_767_225_600_000;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sleepers.push({ until: this.#now + ms, wake: resolve });
    signal.addEventListener('abort', () => resolve());
    return promise;
  };

  /** Moves time on, waking sleepers in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.until);
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      next.wake();
      await turn();
    }
    this.#now = end;
    await turn();
  }

  #next(end: number): { readonly until: number; readonly wake: () => void } | undefined {
    return this.#sleepers.toSorted((a, b) => a.until - b.until).find(({ until }) => until <= end);
  }
}
