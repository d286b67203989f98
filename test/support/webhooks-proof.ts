import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RunningFake, startFakeCustomerIo } from '../../app/local/fake-customerio/fake-customerio.ts';
import { type Pulled, RealPubSub } from './real-pubsub.ts';
import { StreamProxy } from './stream-proxy.ts';
import { WebhooksReceiver } from './webhooks-receiver.ts';
import { reports, rowsOf } from './webhooks-traffic.ts';

/** How large a proof is. */
export interface ProofSize {
  readonly events: number;
  /** How often the receiver is killed, at least twice. */
  readonly kills: number;
  readonly withinMs: number;
}

/** What a run has seen. */
export interface ProofRun {
  /** `<event id> <recipient>` of every row that must be in the warehouse, sorted. */
  readonly expected: readonly string[];
  /** Every message of the subscription. */
  readonly messages: readonly Pulled[];
  readonly kills: number;
  /** Attempts of the fake that were answered 200, and those that were not. */
  readonly taken: number;
  readonly failed: number;
  /** Events that the fake gave up. */
  readonly dropped: number;
  /** Failed attempts while the stream was down, and while it was slow. */
  readonly failedDown: number;
  readonly failedSlow: number;
  /** Of the receiver's end by SIGTERM. */
  readonly exitCode: number | null | undefined;
}

type Say = (line: string) => void;

const TOPIC = 'customerio-events';
const KEY = 'proof-signing-key';
/** An hour of Customer.io's silence is half a second, its seven days are a minute and a half. */
const TIME_SCALE = 7_200;
const DOWN_MS = 5_000;
const SLOW_MS = 7_000;
/** The receiver waits 2.5 s for the stream. */
const ANSWERS_AFTER_MS = 3_000;
const PULL_EVERY_MS = 200;
const MOST_AFTER_EVENT_MS = 40;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes messages all the time. */
class Collector {
  readonly messages: Pulled[] = [];
  readonly #server: RealPubSub;
  #isEnding = false;
  readonly #loop: Promise<void>;

  constructor(server: RealPubSub) {
    this.#server = server;
    this.#loop = this.#run();
    this.#loop.catch(() => undefined);
  }

  /** Takes what is left. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#loop;
    this.messages.push(...(await this.#server.take('all')));
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      this.messages.push(...(await this.#server.take('all')));
      await sleep(PULL_EVERY_MS);
    }
  }
}

/** One run: its processes, and what disturbs them. */
class Proof {
  readonly #size: ProofSize;
  readonly #say: Say;
  readonly #fake: RunningFake;
  readonly #proxy: StreamProxy;
  readonly #receiver: WebhooksReceiver;
  readonly #end: number;
  failedDown = 0;
  failedSlow = 0;

  constructor(size: ProofSize, say: Say, fake: RunningFake, proxy: StreamProxy, receiver: WebhooksReceiver) {
    this.#size = size;
    this.#say = say;
    this.#fake = fake;
    this.#proxy = proxy;
    this.#receiver = receiver;
    this.#end = performance.now() + size.withinMs;
  }

  /** Has everything reported. @returns the rows that must come of it */
  async emit(): Promise<readonly string[]> {
    const keys: string[] = [];
    for (const report of reports(this.#size.events)) {
      const response = await fetch(`${this.#fake.url}/_control/webhooks`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(report),
      });
      if (!response.ok) throw new Error(await response.text());
      const { event_id: id } = (await response.json()) as { readonly event_id: string };
      for (let row = 0; row < rowsOf(report); row += 1) keys.push(`${id} ${row}`);
    }
    return keys.sort();
  }

  /** Kills all along the traffic; after a third of them the stream is down, after two thirds slow, with a kill meanwhile. */
  async disturb(): Promise<void> {
    const { events, kills } = this.#size;
    const slowAt = Math.floor((2 * kills) / 3);
    for (let kill = 0; kill < kills; kill += 1) {
      await this.#untilTaken(Math.floor(((kill + Math.random()) * events) / (kills + 1)));
      if (kill === Math.floor(kills / 3)) await this.#down();
      if (kill === slowAt) await this.#slow(() => this.#killed(kill));
      else await this.#killed(kill);
    }
  }

  async settle(): Promise<void> {
    await this.#untilTaken(this.#size.events);
  }

  get #failed(): number {
    return this.#fake.fake.stats().webhooksFailed;
  }

  async #untilTaken(count: number): Promise<void> {
    for (;;) {
      const { webhooksSent, webhooksDropped } = this.#fake.fake.stats();
      if (webhooksSent + webhooksDropped >= count) return;
      if (performance.now() > this.#end) throw new Error(`only ${webhooksSent} of ${count} events in time`);
      await sleep(2);
    }
  }

  async #killed(kill: number): Promise<void> {
    await sleep(randomInt(MOST_AFTER_EVENT_MS));
    await this.#receiver.kill();
    const { webhooksSent, webhooksFailed } = this.#fake.fake.stats();
    this.#say(
      `kill ${kill + 1}/${this.#size.kills}: ${webhooksSent} taken, ${webhooksFailed} failed attempts`,
    );
    await this.#receiver.restart();
  }

  async #down(): Promise<void> {
    const before = this.#failed;
    this.#proxy.down();
    await sleep(DOWN_MS);
    this.failedDown = this.#failed - before;
    this.#proxy.up();
    this.#say(`the stream was down for ${DOWN_MS} ms: ${this.failedDown} failed attempts`);
  }

  /** Messages are stored, but nobody hears of it in time: each of them comes again. */
  async #slow(meanwhile: () => Promise<void>): Promise<void> {
    const before = this.#failed;
    this.#proxy.slow(ANSWERS_AFTER_MS);
    await sleep(SLOW_MS);
    this.failedSlow = this.#failed - before;
    await meanwhile();
    this.#proxy.slow(0);
    this.#say(`the stream was slow for ${SLOW_MS} ms: ${this.failedSlow} failed attempts`);
  }
}

/** Ends what was started, the last first. */
class Started {
  readonly #ends: (() => unknown)[] = [];

  add(end: () => unknown): void {
    this.#ends.unshift(end);
  }

  async end(): Promise<void> {
    for (const end of this.#ends) await end();
  }
}

const run = async (size: ProofSize, say: Say, started: Started): Promise<ProofRun> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'webhooks-proof-'));
  started.add(() => rmSync(folder, { recursive: true }));
  const keyFile = path.join(folder, 'key');
  writeFileSync(keyFile, KEY);
  const server = await RealPubSub.start();
  started.add(() => server.kill());
  await server.make(TOPIC, 'all');
  const proxy = await StreamProxy.start(server.address);
  started.add(() => proxy.close());
  const stream = { PUBSUB_PROJECT: server.project, PUBSUB_EMULATOR_HOST: proxy.address };
  const receiver = await WebhooksReceiver.start({ ...stream, WEBHOOK_SIGNING_KEY_FILE: keyFile });
  started.add(() => receiver.stop());
  const fake = await startFakeCustomerIo({
    webhooks: [{ endpoint: receiver.endpoint, signingKey: KEY, full_resolution: true }],
    timeScale: TIME_SCALE,
  });
  started.add(() => fake.close());
  const collector = new Collector(server);
  started.add(() => collector.end());
  const proof = new Proof(size, say, fake, proxy, receiver);
  const [expected] = await Promise.all([proof.emit(), proof.disturb()]);
  await proof.settle();
  const exitCode = await receiver.stop();
  await collector.end();
  const { webhooksSent: taken, webhooksFailed: failed, webhooksDropped: dropped } = fake.fake.stats();
  const { failedDown, failedSlow } = proof;
  const { messages } = collector;
  const counts = { kills: receiver.kills, taken, failed, dropped, failedDown, failedSlow };
  return { expected, messages, ...counts, exitCode };
};

/**
 * Has the fake Customer.io report to the webhooks role, which stores into the real Pub/Sub server, while the receiver is killed
 * again and again and the stream is lost and slowed. Ends once everything reported was taken.
 *
 * @throws Error when it takes too long
 */
export const runWebhooksProof = async (size: ProofSize, say: Say): Promise<ProofRun> => {
  const started = new Started();
  try {
    return await run(size, say, started);
  } finally {
    await started.end();
  }
};
