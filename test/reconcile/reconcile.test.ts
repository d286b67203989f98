import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RowQuery, WarehouseReader, WarehouseRow } from '../../app/bigquery/port.ts';
import type { AppMessage, MessagesQuery } from '../../app/customerio/app-port.ts';
import { InMemoryStream } from '../../app/pubsub/in-memory-stream.ts';
import { type ReconcileParts, reconcile } from '../../app/reconcile/reconcile.ts';
import { newState, type ReconcileState, rangesOf, totals } from '../../app/reconcile/reconcile-state.ts';
import { toRows } from '../../app/webhooks/to-rows.ts';

const FROM = 1_760_000_000;
const DAY = 86_400;
const DAY_MS = DAY * 1000;
const NOW = (FROM + DAY) * 1000;

const messages: AppMessage[] = [];
const asked: MessagesQuery[] = [];
const queries: RowQuery[] = [];
let stream: InMemoryStream;
let saved: ReconcileState[];
/** What the warehouse has before anything is refilled. */
let received: WarehouseRow[];

beforeEach(() => {
  for (const list of [messages, asked, queries]) list.length = 0;
  for (let number = 0; number < 250; number += 1) {
    messages.push({ id: `d${number}`, type: 'email', metrics: { sent: FROM, opened: FROM + 1 } });
  }
  stream = new InMemoryStream();
  saved = [];
  received = [];
});

const warehouse: WarehouseReader = {
  mostValues: 120,
  rows: async (query) => {
    queries.push(query);
    const ids = query.anyOf[0]?.values ?? [];
    const all = [...received, ...stream.messages.map(({ row }) => row)];
    return all.filter((row) => ids.includes(String(row['delivery_id'])));
  },
};

const parts = (more: Partial<ReconcileParts> = {}): ReconcileParts => ({
  api: {
    messages: async (query) => {
      asked.push(query);
      const at = Number(query.start ?? 0);
      const next = at + query.limit;
      return { messages: messages.slice(at, next), next: next < messages.length ? String(next) : undefined };
    },
  },
  warehouse,
  stream,
  toRows,
  max: 1_000_000,
  until: FROM + DAY,
  now: () => NOW,
  save: async (state) => {
    saved.push(state);
  },
  ...more,
});

const start = newState('asked', FROM, FROM + DAY);

describe('reconcile', () => {
  it('asks the warehouse once for as many deliveries as it takes at once', async () => {
    const state = await reconcile(parts(), start);
    expect(totals(state)).toEqual({ known: 0, missing: 500, refilled: 500 });
    expect(asked.map(({ limit }) => limit)).toEqual([100, 20, 100, 20, 100]);
    expect(queries.map(({ anyOf }) => anyOf[0]?.values.length)).toEqual([120, 120, 10]);
    expect(queries[0]).toMatchObject({ from: FROM * 1000 - DAY_MS, to: NOW + DAY_MS });
    expect(saved.map(({ deliveries, done }) => [deliveries, done])).toEqual([
      [120, false],
      [240, false],
      [250, true],
    ]);
  });

  it('refills each event once, however often it runs', async () => {
    await reconcile(parts(), start);
    await reconcile(parts(), start);
    const ids = stream.messages.map(({ eventId }) => eventId);
    expect([ids.length, new Set(ids).size]).toEqual([500, 500]);
    expect(ids).toContain('refill-d0-opened');
  });

  it('knows an event by its delivery and metric, whatever its id', async () => {
    received = [{ event_id: 'of Customer.io', delivery_id: 'd0', metric: 'sent' }];
    await reconcile(parts(), start);
    const ids = stream.messages.map(({ eventId }) => eventId);
    expect(ids).not.toContain('refill-d0-sent');
    expect(ids).toHaveLength(499);
  });

  it('saves a step only once its rows are stored, and does the rest at the next run', async () => {
    let saves = 0;
    const save = async (state: ReconcileState): Promise<void> => {
      saved.push(state);
      saves += 1;
      if (saves === 1) stream.fault = new Error('no acknowledgement');
    };
    await expect(reconcile(parts({ save }), start)).rejects.toThrow('no acknowledgement');
    expect(saved.map(({ deliveries }) => deliveries)).toEqual([120]);
    stream.fault = undefined;
    const state = await reconcile(parts(), JSON.parse(JSON.stringify(saved[0])) as ReconcileState);
    expect([state.deliveries, totals(state).refilled, stream.messages.length]).toEqual([250, 500, 500]);
  });

  it('writes nothing without a stream', async () => {
    const state = await reconcile(parts({ stream: undefined }), start);
    expect(totals(state)).toEqual({ known: 0, missing: 500, refilled: 0 });
    expect(stream.messages).toEqual([]);
  });

  it('looks at exactly as many deliveries as it may', async () => {
    const state = await reconcile(parts({ max: 130 }), start);
    expect([state.deliveries, state.done]).toEqual([130, false]);
    const rest = await reconcile(parts({ max: 120 }), state);
    expect([rest.deliveries, rest.done]).toEqual([250, true]);
  });

  it('skips what Customer.io lists without a time or under an unknown channel', async () => {
    messages.length = 0;
    messages.push({ id: 'd1', type: 'pigeon', metrics: { sent: FROM } });
    messages.push({ id: 'd2', type: 'email', metrics: { sent: 0, opened: null, delivered: FROM } });
    const state = await reconcile(parts(), start);
    expect(state.ignored).toEqual({ 'pigeon:sent': 1, 'email:sent': 1, 'email:opened': 1 });
    expect(stream.messages.map(({ eventId }) => eventId)).toEqual(['refill-d2-delivered']);
  });

  it('counts a delivery without metrics and goes on with the others', async () => {
    messages.length = 0;
    messages.push({ id: 'd1', type: 'email', metrics: null }, { id: 'd2', type: 'twilio' });
    messages.push(
      { id: 'd3', type: 'email', metrics: [] },
      { id: 'd4', type: 'email', metrics: { sent: FROM } },
    );
    const state = await reconcile(parts(), start);
    expect(state).toMatchObject({ deliveries: 4, done: true });
    expect(state.ignored).toEqual({ 'email:no metrics': 2, 'sms:no metrics': 1 });
    expect(stream.messages.map(({ eventId }) => eventId)).toEqual(['refill-d4-sent']);
  });

  it('writes the rows that it is given for an event, marked as refilled', async () => {
    messages.length = 1;
    await reconcile(parts({ toRows: ({ eventId }) => [{ event_id: eventId, subject: 'made' }] }), start);
    expect(stream.messages.map(({ row }) => row)).toEqual([
      { event_id: 'refill-d0-sent', subject: 'made', refilled: true },
      { event_id: 'refill-d0-opened', subject: 'made', refilled: true },
    ]);
  });

  describe('where the list of Customer.io does not end', () => {
    const one: AppMessage = { id: 'd1', type: 'email', metrics: { sent: FROM } };
    /** Pages by their cursors; a page that is not there is an endless loop of the test. */
    const listing = (
      pages: Readonly<Record<string, readonly [readonly AppMessage[], string | undefined]>>,
    ) => ({
      messages: async (query: MessagesQuery) => {
        asked.push(query);
        if (asked.length > 50) throw new Error('asked without end');
        const [listed = [], next] = pages[query.start ?? ''] ?? [];
        return { messages: listed, next };
      },
    });

    it.each([
      ['equal to the one asked with', { '': [[one], 'a'], a: [[one], 'a'] }, 2],
      ['equal to an earlier one', { '': [[one], 'a'], a: [[one], 'b'], b: [[], 'c'], c: [[one], 'a'] }, 4],
      ['equal to itself on empty pages', { '': [[one], 'a'], a: [[], 'a'] }, 2],
    ] as const)('stops at a cursor %s, and counts an event once', async (_what, pages, requests) => {
      for (const into of [undefined, stream]) {
        asked.length = 0;
        const state = await reconcile(parts({ api: listing(pages), stream: into }), start);
        expect([state.done, state.stuck, asked.length]).toEqual([true, true, requests]);
        expect(totals(state)).toEqual({ known: 0, missing: 1, refilled: into === undefined ? 0 : 1 });
        expect(state.missing).toHaveLength(1);
      }
      expect(stream.messages).toHaveLength(1);
    });

    it('finds the cycle also where a step ends within it', async () => {
      const pages = { '': [[one], 'a'], a: [[one], 'b'], b: [[one], 'a'] } as const;
      const small = { ...warehouse, mostValues: 1 };
      const state = await reconcile(parts({ api: listing(pages), warehouse: small }), start);
      expect([state.stuck, asked.length, totals(state).missing]).toEqual([true, 3, 1]);
    });

    it('counts every page against the most that may be looked at, also an empty one', async () => {
      const endless = {
        messages: async (query: MessagesQuery) => {
          asked.push(query);
          return { messages: [], next: String(Number(query.start ?? 0) + 1) };
        },
      };
      const state = await reconcile(parts({ api: endless, max: 30 }), start);
      expect([asked.length, state.done, state.next]).toEqual([30, false, '30']);
      expect(saved).toHaveLength(30);
    });

    it('says nothing of a list that ends', async () => {
      const pages = { '': [[one], 'a'], a: [[], 'b'], b: [[one], undefined] } as const;
      const state = await reconcile(parts({ api: listing(pages) }), start);
      expect(state).not.toHaveProperty('stuck');
      expect([state.done, asked.length, totals(state).missing]).toEqual([true, 3, 1]);
    });
  });

  it('counts what an earlier run found missing once, where the list has it again', async () => {
    messages.length = 1;
    const found = await reconcile(parts({ stream: undefined }), start);
    const again = await reconcile(parts({ stream: undefined, until: FROM + 2 * DAY }), found);
    expect([again.deliveries, totals(again)]).toEqual([2, { known: 0, missing: 2, refilled: 0 }]);
  });

  describe('taken up a day later', () => {
    const later = { until: FROM + 2 * DAY, now: () => NOW + DAY_MS };
    const fresh: AppMessage = { id: 'later', type: 'email', metrics: { sent: FROM + DAY + 5 } };
    /** As Customer.io: only deliveries of the range, the latest first. */
    const byTime = {
      messages: async (query: MessagesQuery) => {
        asked.push(query);
        const all = query.end_ts > FROM + DAY ? [fresh] : messages;
        const at = Number(query.start ?? 0);
        const next = at + query.limit;
        return { messages: all.slice(at, next), next: next < all.length ? String(next) : undefined };
      },
    };

    it('ends its range and goes on from there until now', async () => {
      const capped = await reconcile(parts({ api: byTime, max: 130 }), start);
      const state = await reconcile(parts({ ...later, api: byTime }), capped);
      expect([state.deliveries, state.done]).toEqual([251, true]);
      expect(rangesOf(state)).toEqual([
        { from: FROM, to: FROM + DAY },
        { from: FROM + DAY, to: FROM + 2 * DAY },
      ]);
      expect(stream.messages.map(({ eventId }) => eventId)).toContain('refill-later-sent');
      expect(queries.at(-1)).toMatchObject({ from: (FROM + DAY) * 1000 - DAY_MS });
    });

    it('is not done where the cap comes between the ranges', async () => {
      const capped = await reconcile(parts({ api: byTime, max: 130 }), start);
      const between = await reconcile(parts({ ...later, api: byTime, max: 120 }), capped);
      expect([between.deliveries, between.done, saved.at(-1)]).toEqual([250, false, between]);
      const state = await reconcile(parts({ ...later, api: byTime }), between);
      expect([state.deliveries, state.done]).toEqual([251, true]);
    });

    it('goes on also where the run before had done all and only that was not noted', async () => {
      const done = await reconcile(parts({ api: byTime }), start);
      const state = await reconcile(parts({ ...later, api: byTime }), done);
      expect([done.done, state.deliveries]).toEqual([true, 251]);
    });
  });
});
