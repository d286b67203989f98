import type { Server } from 'node:http';
import express from 'express';
import { writeKeyAuthenticator } from '../../app/ingest/authenticate.ts';
import { ingestMetrics } from '../../app/ingest/ingest-metrics.ts';
import { type IngestOptions, ingestRouter } from '../../app/ingest/ingest-router.ts';
import type { OutgoingRecord } from '../../app/kafka/port.ts';
import { closeServer, listen } from '../../app/runtime/http/listen.ts';
import type { Logger } from '../../app/runtime/logger.ts';
import { createMetrics } from '../../app/runtime/metrics.ts';

export const NOW = Date.UTC(2026, 0, 1, 12);
export const BASIC = `Basic ${Buffer.from('k-shop:').toString('base64')}`;

type Json = Readonly<Record<string, unknown>>;

/** Takes records and keeps them. */
export class RecordingSink {
  fault: Error | undefined;
  readonly records: OutgoingRecord[] = [];

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    if (this.fault) throw this.fault;
    for (const record of records) this.records.push(record);
  }

  /** The parsed values of a topic's records. */
  values(topic: string): readonly Json[] {
    return this.records
      .filter((record) => record.topic === topic)
      .map(({ value }) => JSON.parse(String(value)) as Json);
  }
}

export interface IngestServer {
  readonly url: string;
  readonly sink: RecordingSink;
  readonly faults: object[];
  /** Posts with the right key; an object is sent as JSON, anything else as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Posts with these headers only. */
  bare(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

const bodyOf = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);

/** Serves the ingest API on a free port, behind `before`; `faults` are what it logged as errors. */
export const startIngest = async (
  more: Partial<IngestOptions> = {},
  before: express.Router = express.Router(),
): Promise<IngestServer> => {
  const sink = new RecordingSink();
  const faults: object[] = [];
  const quiet = (): void => undefined;
  const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: (fields) => faults.push(fields) };
  const keys = [
    { source: 'shop', key: 'k-shop' },
    { source: 'app', key: 'k-app' },
  ];
  const router = ingestRouter({
    authenticate: writeKeyAuthenticator(() => keys),
    sink,
    logger,
    metrics: ingestMetrics(createMetrics()),
    now: () => NOW,
    mapping: 'destination',
    stopping: () => false,
    ...more,
  });
  const { server, port }: { server: Server; port: number } = await listen(
    express().use(before, router),
    0,
    '127.0.0.1',
  );
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    sink,
    faults,
    post: (path, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: BASIC, 'content-type': 'application/json', ...headers },
        body: bodyOf(body),
      }),
    bare: (path, body, headers = {}) => {
      // As bytes: of a string fetch would say that it is text.
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(bodyOf(body));
      return fetch(`${url}${path}`, { method: 'POST', headers, body: new Uint8Array(bytes) });
    },
    close: () => closeServer(server, 200),
  };
};
