import type { BusRecord, Position, TopicPartition } from '../kafka/port.ts';
import { Gate } from './engine/gate.ts';
import { laneOf } from './engine/lane-of.ts';
import { OffsetLedger } from './engine/offset-ledger.ts';
import { Lane, type LaneOptions } from './lane.ts';
import { type Outcome, sourceOf } from './outcome.ts';
import { readItem } from './read-item.ts';
import { Settler, type SettlerOptions } from './settler.ts';

/** What a run needs beyond what it makes itself. */
export type RunOptions = Omit<LaneOptions, 'gate' | 'settle' | 'closing' | 'over'> &
  Omit<SettlerOptions, 'settled' | 'signal' | 'retryMs'> & {
    readonly lanes: number;
    /** Called after a record has settled. */
    readonly onSettled: () => void;
  };

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/**
 * One generation of the worker: its ledger of offsets, its lanes, its settler. It starts empty when the group has joined and
 * is thrown away when the generation ends.
 * The merge of a person's two topics by append time joins here, in front of the lanes.
 */
export class DeliveryRun {
  readonly #options: RunOptions;
  readonly #closing = new AbortController();
  readonly #over = new AbortController();
  readonly #ledgers = new Map<
    string,
    { readonly at: TopicPartition; readonly ledger: OffsetLedger; committed: number }
  >();
  readonly #lanes: readonly Lane[];
  readonly #settler: Settler;
  readonly #gate: Gate;
  #bytes = 0;
  #records = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#gate = new Gate(options.clock, options.settings.probe, () => options.credential.isSet);
    this.#settler = new Settler({
      ...options,
      retryMs: options.settings.settleRetryMs,
      signal: this.#over.signal,
      settled: (outcome) => this.#settled(outcome),
    });
    const lane: LaneOptions = {
      ...options,
      gate: this.#gate,
      settle: (outcomes) => this.#settler.settle(outcomes),
      closing: this.#closing.signal,
      over: this.#over.signal,
    };
    this.#lanes = Array.from({ length: options.lanes }, () => new Lane(lane));
  }

  /** Bytes and number of records that are not settled. */
  get waiting(): { readonly bytes: number; readonly records: number } {
    return { bytes: this.#bytes, records: this.#records };
  }

  /** Why nothing is sent, if so. */
  get heldFor(): string | undefined {
    return this.#gate.heldFor;
  }

  /** Probes a hold at once. */
  credentialChanged(): void {
    this.#gate.credentialChanged();
  }

  /** Takes records of one partition, in offset order. */
  take(records: readonly BusRecord[]): void {
    for (const record of records) this.#takeOne(record);
  }

  /** Positions that moved since they were last committed. */
  uncommitted(): readonly Position[] {
    return [...this.#ledgers.values()].flatMap(({ at, ledger, committed }) =>
      ledger.position !== undefined && ledger.position > committed
        ? [{ ...at, offset: ledger.position }]
        : [],
    );
  }

  /** Takes note that positions are committed. */
  committed(positions: readonly Position[]): void {
    for (const position of positions) {
      const entry = this.#ledgers.get(nameOf(position));
      if (entry) entry.committed = position.offset;
    }
  }

  /** Ends quietly: no new request; resolves when those in flight are settled. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#lanes.map((lane) => lane.idle()));
    await this.#settler.idle();
  }

  /** Ends at once: nothing of this run counts any more. */
  abandon(): void {
    this.#closing.abort();
    this.#over.abort();
  }

  #takeOne(source: BusRecord): void {
    this.#ledgerOf(source).add(source.offset);
    this.#records += 1;
    this.#bytes += source.value?.length ?? 0;
    this.#options.metrics.read.add({ topic: source.topic });
    const item = readItem(source);
    if (item.kind === 'item') {
      this.#lanes[laneOf(item.key, this.#lanes.length)]?.push(item);
      return;
    }
    const { code, message } = item;
    this.#settler.settle([{ kind: 'rejected', source, code, stage: 'parse', message, attempts: 0 }]);
  }

  #ledgerOf({ topic, partition }: TopicPartition): OffsetLedger {
    const name = nameOf({ topic, partition });
    const known = this.#ledgers.get(name);
    if (known) return known.ledger;
    const ledger = new OffsetLedger();
    this.#ledgers.set(name, { at: { topic, partition }, ledger, committed: -1 });
    return ledger;
  }

  #settled(outcome: Outcome): void {
    const source = sourceOf(outcome);
    this.#ledgerOf(source).settle(source.offset);
    this.#records -= 1;
    this.#bytes -= source.value?.length ?? 0;
    this.#options.metrics.settled.add({
      outcome: outcome.kind,
      code: outcome.kind === 'rejected' ? outcome.code : '',
    });
    this.#options.onSettled();
  }
}
