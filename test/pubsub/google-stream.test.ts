import { describe, expect, it } from '@jest/globals';
import { GoogleStream, type GoogleStreamOptions } from '../../app/pubsub/google-stream.ts';
import { StreamError } from '../../app/pubsub/stream-error.ts';
import { FakePublisher, rowOf } from './fake-publisher.ts';

const open = (more: Partial<GoogleStreamOptions> = {}) => {
  const publisher = new FakePublisher();
  const clock = { ms: 0 };
  const stream = new GoogleStream({
    project: 'acme',
    topic: 't',
    batchMs: 1,
    connect: async () => publisher,
    now: () => clock.ms,
    ...more,
  });
  return { publisher, clock, stream };
};
const fault = (code: number): StreamError =>
  new StreamError('refused', 'no', Object.assign(new Error('no'), { code }));
const codeOf = (work: Promise<void>): Promise<string> =>
  work.then(
    () => 'stored',
    (error: StreamError) => error.code,
  );

describe('a stream on Pub/Sub gathers messages', () => {
  it('that come together into one request', async () => {
    const { publisher, stream } = open();
    await Promise.all([stream.publish([rowOf('a'), rowOf('b')]), stream.publish([rowOf('c')])]);
    expect(publisher.ids).toEqual([['a', 'b', 'c']]);
  });

  it('but no more than a request may hold, by number and by bytes', async () => {
    const byNumber = open({ batch: { messages: 2, bytes: 1_000_000 } });
    await byNumber.stream.publish(['a', 'b', 'c'].map((id) => rowOf(id)));
    expect(byNumber.publisher.ids).toEqual([['a', 'b'], ['c']]);
    const byBytes = open({ batch: { messages: 100, bytes: 10_000 } });
    await byBytes.stream.publish([rowOf('a', 4_000), rowOf('b', 20_000), rowOf('c', 1_000)]);
    expect(byBytes.publisher.ids).toEqual([['a'], ['b'], ['c']]);
  });
});

describe('a stream on Pub/Sub rejects', () => {
  it('only the message that is at fault, when a request is invalid', async () => {
    const { publisher, stream } = open();
    publisher.faultOf = (messages) =>
      messages.some(({ attributes }) => attributes['event_id'] === 'bad') ? fault(3) : undefined;
    const ids = ['a', 'b', 'bad', 'd', 'e'];
    expect(await Promise.all(ids.map((id) => codeOf(stream.publish([rowOf(id)]))))).toEqual([
      'stored',
      'stored',
      'refused',
      'stored',
      'stored',
    ]);
  });

  it('every message of a request, without another try, when it may not publish', async () => {
    const { publisher, stream } = open();
    publisher.faultOf = () => fault(7);
    expect(await Promise.all(['a', 'b'].map((id) => codeOf(stream.publish([rowOf(id)]))))).toEqual([
      'refused',
      'refused',
    ]);
    expect(publisher.requests).toHaveLength(1);
  });

  it('a publish of several when one of them is refused, and has room for as many again', async () => {
    const { publisher, stream } = open({ batch: { messages: 2, bytes: 1_000_000 } });
    publisher.faultOf = (messages) =>
      messages.some(({ attributes }) => attributes['event_id'] === 'b') ? fault(3) : undefined;
    const both = [
      stream.publish(['a', 'b', 'c', 'd', 'e'].map((id) => rowOf(id))),
      stream.publish([rowOf('f')]),
    ];
    expect(await Promise.all(both.map(codeOf))).toEqual(['refused', 'stored']);
    expect(publisher.ids).toEqual([['a', 'b'], ['c', 'd'], ['e', 'f'], ['a'], ['b']]);
    expect(stream.outstanding).toEqual({ messages: 0, bytes: 0 });
  });

  it('nothing of an empty publish', async () => {
    const { publisher, stream } = open();
    expect([await codeOf(stream.publish([])), publisher.requests]).toEqual(['stored', []]);
  });

  it('what does not fit, at once and as a whole, and takes it once there is room', async () => {
    const { publisher, stream } = open({ outstanding: { messages: 2, bytes: 1_000_000 } });
    const gate = Promise.withResolvers<void>();
    publisher.gate = gate.promise;
    const first = stream.publish([rowOf('a')]);
    expect(await codeOf(stream.publish([rowOf('b'), rowOf('c')]))).toBe('full');
    expect(stream.outstanding.messages).toBe(1);
    gate.resolve();
    await first;
    expect(stream.outstanding).toEqual({ messages: 0, bytes: 0 });
    expect(await codeOf(stream.publish([rowOf('b'), rowOf('c')]))).toBe('stored');
  });

  it('a row above 10 MB, and sends none of those that came with it', async () => {
    const { publisher, stream } = open();
    expect(await codeOf(stream.publish([rowOf('a'), rowOf('b', 10_000_000)]))).toBe('too_large');
    expect([publisher.requests, stream.outstanding.messages]).toEqual([[], 0]);
  });

  it('in time when nothing answers, and also while it does not even connect', async () => {
    const never = new Promise<never>(() => undefined);
    const { publisher, stream } = open({ withinMs: 50 });
    publisher.gate = never;
    expect(await codeOf(stream.publish([rowOf('a')]))).toBe('late');
    const connecting = open({ withinMs: 50, connect: () => never });
    expect(await codeOf(connecting.stream.publish([rowOf('a')]))).toBe('late');
  });
});

describe('a stream on Pub/Sub waits', () => {
  /** The receiver’s own limit, `STORE_MS` in `app/webhooks/customerio-webhooks.ts`. */
  const RECEIVER_MS = 2_500;

  it('for one request nearly as long as the receiver waits for the stream', async () => {
    const { publisher, stream } = open();
    await stream.publish([rowOf('a')]);
    const [allowed = 0] = publisher.allowed;
    expect(allowed).toBeGreaterThan(2_300);
    expect(allowed).toBeLessThan(RECEIVER_MS - 100);
  });

  it('and what connecting took is taken from that', async () => {
    const publisher = new FakePublisher();
    const clock = { ms: 0 };
    const connect = async (): Promise<FakePublisher> => {
      clock.ms += 800;
      return publisher;
    };
    const { stream } = open({ connect, now: () => clock.ms });
    await stream.publish([rowOf('a')]);
    await stream.publish([rowOf('b')]);
    const [first = 0, second = 0] = publisher.allowed;
    expect(second - first).toBe(800);
  });
});

describe('a stream on Pub/Sub connects', () => {
  it('once, ahead of the first message', async () => {
    const publisher = new FakePublisher();
    let connects = 0;
    const connect = async () => {
      connects += 1;
      return publisher;
    };
    const { stream } = open({ connect });
    await stream.connect();
    await Promise.all([stream.publish([rowOf('a')]), stream.connect()]);
    expect(connects).toBe(1);
  });

  it('again after it failed', async () => {
    const publisher = new FakePublisher();
    const results = [
      () => Promise.reject(new StreamError('unavailable', 'no credentials')),
      () => Promise.resolve(publisher),
    ];
    const { stream } = open({ connect: () => results.shift()?.() ?? Promise.reject(new Error('too often')) });
    await expect(stream.connect()).rejects.toMatchObject({ code: 'unavailable' });
    await stream.publish([rowOf('a')]);
    expect(publisher.ids).toEqual([['a']]);
  });
});

describe('a stream on Pub/Sub is stuck', () => {
  const failing = () => {
    let connects = 0;
    const publisher = new FakePublisher();
    publisher.faultOf = () => new StreamError('unavailable', 'no');
    const world = open({
      stuckMs: 60_000,
      connect: async () => {
        connects += 1;
        return publisher;
      },
    });
    const tryAt = async (ms: number): Promise<boolean> => {
      world.clock.ms = ms;
      await codeOf(world.stream.publish([rowOf('a')]));
      return world.stream.stuck;
    };
    return { ...world, publisher, tryAt, connects: () => connects };
  };

  it('once it was tried for a minute without an acknowledgement, until there is one', async () => {
    const { publisher, tryAt } = failing();
    expect([await tryAt(0), await tryAt(30_000), await tryAt(59_999), await tryAt(60_000)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    publisher.faultOf = () => undefined;
    expect(await tryAt(61_000)).toBe(false);
  });

  it('also when its tries are minutes apart, and still when nobody tries for hours', async () => {
    const { publisher, stream, clock, tryAt } = failing();
    expect([await tryAt(0), await tryAt(131_000), await tryAt(1_000_000)]).toEqual([false, true, true]);
    clock.ms += 36_000_000;
    expect(stream.stuck).toBe(true);
    publisher.faultOf = () => undefined;
    expect(await tryAt(clock.ms)).toBe(false);
  });

  it('never for one failure that nobody tried to repeat', async () => {
    const { stream, clock, tryAt } = failing();
    await tryAt(0);
    clock.ms = 3_600_000;
    expect(stream.stuck).toBe(false);
  });

  it('and takes another client then, at most once in that time', async () => {
    const { publisher, tryAt, connects } = failing();
    for (const ms of [0, 30_000, 60_000, 65_000, 100_000, 119_000]) await tryAt(ms);
    expect([connects(), publisher.closed]).toEqual([2, 1]);
  });

  it('and takes another client each time where tries are minutes apart', async () => {
    const { publisher, tryAt, connects } = failing();
    for (const ms of [0, 131_000, 400_000, 1_000_000]) await tryAt(ms);
    expect([connects(), publisher.closed]).toEqual([3, 2]);
  });

  it('where its client never gets connected, and then takes another', async () => {
    let connects = 0;
    const connect = (): Promise<never> => {
      connects += 1;
      return new Promise(() => undefined);
    };
    const { stream, clock } = open({ connect, withinMs: 70 });
    const tryAt = async (ms: number): Promise<boolean> => {
      clock.ms = ms;
      expect(await codeOf(stream.publish([rowOf('a')]))).toBe('late');
      return stream.stuck;
    };
    expect([await tryAt(0), await tryAt(60_000), await tryAt(60_001)]).toEqual([false, true, true]);
    expect([connects, stream.outstanding.messages]).toEqual([2, 0]);
  });
});

describe('a stream on Pub/Sub that is closed', () => {
  it('sends what waits, settles it, and takes nothing more', async () => {
    const { publisher, stream } = open({ batchMs: 60_000 });
    const last = stream.publish([rowOf('a')]);
    await stream.close();
    await last;
    expect([publisher.ids, publisher.closed]).toEqual([[['a']], 1]);
    expect(await codeOf(stream.publish([rowOf('b')]))).toBe('closed');
  });

  it('does not wait longer than it may, and says what is not settled', async () => {
    const { publisher, stream } = open({ closeMs: 30 });
    publisher.gate = new Promise(() => undefined);
    const last = codeOf(stream.publish([rowOf('a')]));
    await expect(stream.close()).rejects.toThrow('1 messages were not settled');
    expect(await last).toBe('late');
    expect(publisher.closed).toBe(1);
  });
});
