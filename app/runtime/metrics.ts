import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Counts things by label values. */
export interface Count {
  add(labels: Readonly<Record<string, string>>, by?: number): void;
}

/** Measures durations in seconds. */
export interface Duration {
  observe(labels: Readonly<Record<string, string>>, seconds: number): void;
}

/** The metrics of one process, in Prometheus' text format. */
export interface Metrics {
  count(name: string, help: string, labels: readonly string[]): Count;
  duration(name: string, help: string, labels: readonly string[]): Duration;
  /** A value that is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void;
  text(): Promise<string>;
  readonly contentType: string;
}

const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

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
    count: (name, help, labelNames) => {
      const counter = new Counter({ name, help, labelNames: [...labelNames], registers });
      return { add: (labels, by = 1) => counter.inc(labels, by) };
    },
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
