import type { OutgoingRecord } from './port.ts';

/** A record that waits to be written; `live` turns false when nobody waits for it any longer. */
export interface Waiting {
  readonly record: OutgoingRecord;
  readonly bytes: number;
  readonly live: boolean;
}

/** What goes now, and what waits for a later round, both in arrival order. */
export interface Round<W extends Waiting> {
  readonly now: readonly W[];
  readonly later: W[];
}

/** Bytes of one round: below a stock broker's limit of 1,048,588 bytes for one partition's records. */
export const ROUND_BYTES = 900_000;

/** Tells per person whether a topic may still be written in this round: once the topic changes, nothing more may. */
class OneTopicPerKey {
  readonly #topics = new Map<string, string | undefined>();

  admits({ key, topic }: OutgoingRecord): boolean {
    if (key === null) return true;
    const admitted = !this.#topics.has(key) || this.#topics.get(key) === topic;
    this.#topics.set(key, admitted ? topic : undefined);
    return admitted;
  }
}

/**
 * Chooses the next round: everything that waits, except what a byte limit leaves over, and except a person's records from
 * their first change of topic on. So a person's records of two topics are never in flight at once, and those of one topic
 * keep their order.
 *
 * @example takeRound([identifyOfU1, trackOfU1]) // now: [identifyOfU1], later: [trackOfU1]
 */
export const takeRound = <W extends Waiting>(
  waiting: readonly W[],
  maxBytes: number = ROUND_BYTES,
): Round<W> => {
  const live = waiting.filter((entry) => entry.live);
  const now: W[] = [];
  const later: W[] = [];
  const keys = new OneTopicPerKey();
  let bytes = 0;
  for (const [index, entry] of live.entries()) {
    if (now.length > 0 && bytes + entry.bytes > maxBytes)
      return { now, later: [...later, ...live.slice(index)] };
    if (keys.admits(entry.record)) {
      now.push(entry);
      bytes += entry.bytes;
    } else later.push(entry);
  }
  return { now, later };
};
