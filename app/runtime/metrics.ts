import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

/** Counts things by label values. */
export interface Count {
  add(labels: Labels, by?: number): void;
}

/** Measures durations in seconds. */
export interface Duration {
  observe(labels: Labels, seconds: number): void;
}

/** The metrics of one process, in Prometheus' text format. */
export interface Metrics {
  /**
   * @param known labels that are a closed list: their series are 0 from the start, so that the first event is an increase; others begin
   *   with their first event
   */
  count(name: string, help: string, labels: readonly string[], known?: readonly Labels[]): Count;
  duration(name: string, help: string, labels: readonly string[]): Duration;
  /** A value that is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void;
  text(): Promise<string>;
  readonly contentType: string;
}

const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Series {
  readonly labels: Labels;
  /** What is not in prom-client's counter yet. */
  pending: number;
}

/**
 * A counter that gathers what is added until the metrics are read: prom-client checks and hashes the labels of every increment,
 * which is too much for each event, and most series come again and again.
 */
class GatheringCount implements Count {
  readonly #series = new Map<string, Series>();
  readonly #counter: Counter;
  readonly #labelNames: readonly string[];

  constructor(
    name: string,
    help: string,
    labelNames: readonly string[],
    known: readonly Labels[],
    registers: Registry[],
  ) {
    this.#labelNames = labelNames;
    const collect = (): void => this.#flush();
    this.#counter = new Counter({ name, help, labelNames: [...labelNames], registers, collect });
    for (const labels of known) this.add(labels, 0);
  }

  /** @throws Error of prom-client for labels that the metric does not have, the first time that they come */
  add(labels: Labels, by = 1): void {
    let key = '';
    for (const name of this.#labelNames) key += `${labels[name]}\0`;
    const series = this.#series.get(key);
    if (series !== undefined) {
      series.pending += by;
      return;
    }
    const own = { ...labels };
    this.#counter.inc(own, by);
    this.#series.set(key, { labels: own, pending: 0 });
  }

  #flush(): void {
    for (const series of this.#series.values()) {
      if (series.pending > 0) this.#counter.inc(series.labels, series.pending);
      series.pending = 0;
    }
  }
}

/**
 * A registry of its own, with the process's default metrics.
 *
 * @example createMetrics().count('ingest_events_total', 'events by outcome', ['outcome']).add({ outcome: 'accepted' }, 3)
 */
export const createMetrics = (): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    count: (name, help, labelNames, known = []) =>
      new GatheringCount(name, help, labelNames, known, registers),
    duration: (name, help, labelNames) => {
      const histogram = new Histogram({
        name,
        help,
        labelNames: [...labelNames],
        buckets: BUCKETS,
        registers,
      });
      return { observe: (labels, seconds) => histogram.observe(labels, seconds) };
    },
    gauge: (name, help, read) => {
      const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(read()) });
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
};
