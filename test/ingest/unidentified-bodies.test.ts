import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Shares } from '../../app/ingest/shares.ts';
import { UNIDENTIFIED } from '../../app/ingest/source-budget.ts';
import { BASIC, type IngestServer, startIngest } from './ingest-server.ts';

let server: IngestServer;
beforeEach(async () => {
  server = await startIngest();
});
afterEach(() => server.close());

const event = { type: 'track', userId: 'u1', event: 'x' };
const batch = { batch: [event] };
const SHOP = { writeKey: 'k-shop' };
const APP = { authorization: `Basic ${Buffer.from('k-app:').toString('base64')}` };

describe('bodies whose sender is not known yet', () => {
  const BODIES = 4_000_000;
  const filler = (bytes: number): string => 'x'.repeat(bytes);

  /** Begins a body without a key, and does not end it. */
  const unfinished = (bytes: number): (() => void) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
    socket.write(
      `POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 499000\r\n\r\n{"${filler(bytes)}`,
    );
    return () => socket.destroy();
  };

  const restart = async (shares: Shares): Promise<void> => {
    await server.close();
    server = await startIngest({ shares });
  };

  it('share a quarter of the memory for bodies, and leave the rest to those in whose header a key stands', async () => {
    await restart(new Shares({ bodiesBytes: BODIES }));
    const ends = Array.from({ length: 12 }, () => unfinished(200_000));
    await sleep(300);
    const large = { ...event, filler: filler(300_000), ...SHOP };
    const unknown = await server.bare('/v1/track', large);
    expect([unknown.status, await unknown.json()]).toMatchObject([429, { code: 'too_many_requests' }]);
    const known = await Promise.all(
      Array.from({ length: 5 }, () =>
        server.bare('/v1/batch', { batch: [], ...large }, { authorization: BASIC }),
      ),
    );
    expect(known.map(({ status }) => status)).toEqual(Array(5).fill(200));
    for (const end of ends) end();
    await sleep(100);
    expect((await server.bare('/v1/batch', { batch: [], ...large })).status).toBe(200);
  });

  it('are no longer of that quarter once their key is known, and give all bytes back', async () => {
    const shares = new Shares({ bodiesBytes: BODIES, workBytes: 9_600_000 });
    await restart(shares);
    shares.beganUnidentified();
    const share = await shares.claim('shop', Buffer.alloc(480_000, ' '));
    const large = { batch: [event], filler: filler(480_000), ...SHOP };
    const waiting: Promise<Response>[] = [];
    for (let index = 0; index < 4; index += 1) {
      waiting.push(server.bare('/v1/batch', large));
      await sleep(100);
    }
    // All four wait for the memory that their source has in use.
    expect(shares.bodies.take('shop', 700_000)).toBe(false);
    expect(shares.bodies.take(UNIDENTIFIED, BODIES / 4)).toBe(true);
    shares.bodies.give(UNIDENTIFIED, BODIES / 4);
    share?.end();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(4).fill(200));
    expect((await server.bare('/v1/batch', { ...large, writeKey: 'nobody' })).status).toBe(401);
    expect(shares.bodies.take(UNIDENTIFIED, BODIES / 4)).toBe(true);
    expect(shares.bodies.take('shop', BODIES / 2)).toBe(true);
  });

  it('wait for a quarter of what bodies become, and are 429 where it does not become free', async () => {
    const now = { ms: 0 };
    const shares = new Shares({ workBytes: 2_000_000, waitMs: 50, now: () => now.ms });
    const find = Promise.withResolvers<void>();
    expect(await shares.identify(() => 'found')).toBe('found');
    shares.began('shop');
    // Work that took long makes those who are not known pause while sources are about.
    await shares.identify(() => (now.ms += 5));
    const queued = shares.identify(() => find.resolve());
    expect(await shares.identify(() => 'too many')).toBeUndefined();
    now.ms += 60;
    await queued;
    await find.promise;
  });

  it('let a source that is alone keep no more than half, so that they are not shut out by it', async () => {
    const shares = new Shares({ bodiesBytes: BODIES });
    shares.began('shop');
    expect(shares.bodies.take('shop', BODIES)).toBe(true);
    shares.bodies.give('shop', BODIES);
    shares.beganUnidentified();
    expect(shares.bodies.take('shop', BODIES / 2 + 1)).toBe(false);
    expect(shares.bodies.take('shop', BODIES / 2)).toBe(true);
    expect(shares.bodies.take(UNIDENTIFIED, BODIES / 4 + 1)).toBe(false);
    expect(shares.bodies.take(UNIDENTIFIED, BODIES / 4)).toBe(true);
    expect(shares.hasPresentCompany('shop')).toBe(false);
  });

  it('and large ones of a source have a turn of the event loop each, so that what else came is read in between', async () => {
    const shares = new Shares();
    let loop = 0;
    const tick = (): void => {
      loop += 1;
      ticking = setImmediate(tick);
    };
    let ticking = setImmediate(tick);
    const loops: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      const share = await shares.claim('shop', Buffer.alloc(100_000, ' '));
      loops.push(loop);
      share?.end();
      await shares.identify(() => loops.push(loop));
    }
    clearImmediate(ticking);
    expect(new Set(loops).size).toBe(10);
  });

  it('whose sender goes away leave no source behind that seems to be about', async () => {
    const shares = new Shares();
    await restart(shares);
    const text = JSON.stringify({ ...batch, ...SHOP });
    for (let index = 0; index < 20; index += 1) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
      socket.write(`POST /v1/b HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
      await sleep(index % 4);
      socket.destroy();
    }
    expect((await server.bare('/v1/b', { ...batch, ...SHOP })).status).toBe(200);
    await sleep(150);
    expect(shares.hasPresentCompany('app')).toBe(false);
    expect((await server.bare('/v1/track', event, APP)).status).toBe(200);
  });
});
