/** A map that forgets its oldest entries above a number of them or a size in bytes. Writing an entry again keeps its age. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly bytes: number }>();
  readonly #most: { readonly entries: number; readonly bytes: number };
  #bytes = 0;

  /** @param most entries, and bytes as `set` is told them */
  constructor(most: { readonly entries: number; readonly bytes: number }) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Oldest first. */
  get values(): readonly V[] {
    return [...this.#entries.values()].map(({ value }) => value);
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: V, bytes: number): void {
    this.#bytes += bytes - (this.#entries.get(key)?.bytes ?? 0);
    this.#entries.set(key, { value, bytes });
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= this.#most.entries && this.#bytes <= this.#most.bytes) return;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}
