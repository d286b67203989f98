interface Alarm {
  readonly at: number;
  readonly ring: () => void;
  timer?: NodeJS.Timeout;
}

/**
 * A clock that can run faster than time does, for waits of hours and days. A new scale also holds for what is waiting.
 * It says how much time has passed, not what time it is: time stamps stay those of `now`.
 *
 * @example
 * const clock = new ScaledClock(3600);
 * clock.alarm(clock.elapsed + 3_600_000, () => console.log('an hour, after a second'));
 */
export class ScaledClock {
  #scale: number;
  #since = performance.now();
  #before = 0;
  readonly #alarms = new Set<Alarm>();

  /** @param scale how many seconds pass in one */
  constructor(scale: number) {
    this.#scale = scale;
  }

  get scale(): number {
    return this.#scale;
  }

  set scale(scale: number) {
    this.#before = this.elapsed;
    this.#since = performance.now();
    this.#scale = scale;
    for (const alarm of this.#alarms) this.#arm(alarm);
  }

  /** Milliseconds that have passed by this clock. */
  get elapsed(): number {
    return this.#before + (performance.now() - this.#since) * this.#scale;
  }

  /**
   * Rings once when that much has passed.
   *
   * @param at milliseconds of {@link elapsed}
   * @returns ends it before it rings
   */
  alarm(at: number, ring: () => void): () => void {
    const alarm: Alarm = { at, ring };
    this.#alarms.add(alarm);
    this.#arm(alarm);
    return () => {
      clearTimeout(alarm.timer);
      this.#alarms.delete(alarm);
    };
  }

  #arm(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    alarm.timer = setTimeout(
      () => {
        this.#alarms.delete(alarm);
        alarm.ring();
      },
      Math.max(0, (alarm.at - this.elapsed) / this.#scale),
    );
    // Who forgets to close a fake should not have to wait for an hour's retry before the process can end.
    alarm.timer.unref();
  }
}
