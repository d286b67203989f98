/** Beyond these the oldest is forgotten: some 100 MB. */
const MOST = 1_000_000;

/** What tells an event from others. @example eventKey('d1', 'sent') // '["d1","sent"]' */
export const eventKey = (deliveryId: unknown, metric: unknown): string =>
  JSON.stringify([deliveryId, metric]);

/** Events that were counted, in bounded memory: a list may have a delivery several times. */
export class CountedEvents {
  readonly #keys = new Set<string>();

  /** Whether an event is counted for the first time. */
  add(key: string): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    const [oldest = key] = this.#keys;
    if (this.#keys.size > MOST) this.#keys.delete(oldest);
    return true;
  }
}
