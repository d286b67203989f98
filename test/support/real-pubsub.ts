import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { v1 } from '@google-cloud/pubsub';
import { googleConfig } from '../../app/pubsub/google-client.ts';

const SOURCE = path.resolve(import.meta.dirname, 'pstest');
const ROOT = path.resolve(import.meta.dirname, '../../.real-servers');
const READY_WITHIN_MS = 10_000;
const PROJECT = 'acme';

const run = promisify(execFile);

/** One build per content of its sources. */
const binary = (): string => {
  const hash = createHash('sha256');
  for (const name of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(path.join(SOURCE, name)));
  return path.join(ROOT, `pstest-${hash.digest('hex').slice(0, 16)}`);
};

/** Why no real Pub/Sub can be had here; undefined when one can. A suite is skipped by name with this reason. */
export const whyNoRealPubSub = (): string | undefined => {
  if (existsSync(binary())) return undefined;
  const found = spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
  return found ? undefined : 'skipped, no go here to build Pub/Sub’s in-memory server';
};

const build = async (): Promise<string> => {
  const file = binary();
  if (existsSync(file)) return file;
  await mkdir(ROOT, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await run('go', ['build', '-mod=readonly', '-o', unfinished, '.'], { cwd: SOURCE });
  await rename(unfinished, file);
  return file;
};

const listening = (child: ChildProcess): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error('pstest did not listen in time')), READY_WITHIN_MS);
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += String(chunk);
    const address = /^listening (\S+)$/m.exec(said)?.[1];
    if (address !== undefined) resolve(address);
  });
  child.once('exit', (code) => reject(new Error(`pstest ended with ${code}`)));
  return promise.finally(() => clearTimeout(timer));
};

/** A message that was pulled. */
export interface Pulled {
  readonly data: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Pub/Sub's official in-memory server in a process of its own. What it holds is lost when it is killed. */
export class RealPubSub {
  readonly project = PROJECT;
  readonly #file: string;
  #process: ChildProcess | undefined;
  #address = '';
  #publisher: v1.PublisherClient | undefined;
  #subscriber: v1.SubscriberClient | undefined;

  private constructor(file: string) {
    this.#file = file;
  }

  static async start(): Promise<RealPubSub> {
    const server = new RealPubSub(await build());
    await server.restart();
    return server;
  }

  /** `host:port`: the same after a restart. */
  get address(): string {
    return this.#address;
  }

  /** Starts it, empty, on the port it had. */
  async restart(): Promise<void> {
    await this.kill();
    const port = this.#address.split(':')[1] ?? '0';
    this.#process = spawn(this.#file, ['-port', port], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#address = await listening(this.#process);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    await Promise.all([this.#publisher?.close(), this.#subscriber?.close()]);
    this.#publisher = undefined;
    this.#subscriber = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  /** Freezes the process: connections stay open, nothing is answered. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Makes a topic with subscriptions. */
  async make(topic: string, ...subscriptions: readonly string[]): Promise<void> {
    const [publisher, subscriber] = await this.#clients();
    await publisher.createTopic({ name: this.#topic(topic) });
    for (const name of subscriptions) {
      await subscriber.createSubscription({
        name: this.#subscription(name),
        topic: this.#topic(topic),
        ackDeadlineSeconds: 10,
      });
    }
  }

  async publish(topic: string, data: string, attributes: Readonly<Record<string, string>>): Promise<void> {
    const [publisher] = await this.#clients();
    await publisher.publish({
      topic: this.#topic(topic),
      messages: [{ data: Buffer.from(data), attributes }],
    });
  }

  /** Takes everything that a subscription has to give now, and acknowledges it. */
  async take(name: string): Promise<readonly Pulled[]> {
    const [, subscriber] = await this.#clients();
    const subscription = this.#subscription(name);
    const all: Pulled[] = [];
    for (;;) {
      const [{ receivedMessages }] = await subscriber.pull({
        subscription,
        maxMessages: 1_000,
        returnImmediately: true,
      });
      const received = receivedMessages ?? [];
      if (received.length === 0) return all;
      await subscriber.acknowledge({ subscription, ackIds: received.map(({ ackId }) => ackId ?? '') });
      for (const { message } of received) {
        all.push({ data: Buffer.from(message?.data ?? ''), attributes: message?.attributes ?? {} });
      }
    }
  }

  #topic(name: string): string {
    return `projects/${PROJECT}/topics/${name}`;
  }

  #subscription(name: string): string {
    return `projects/${PROJECT}/subscriptions/${name}`;
  }

  async #clients(): Promise<[v1.PublisherClient, v1.SubscriberClient]> {
    const config = await googleConfig({ project: PROJECT, emulatorHost: this.#address });
    this.#publisher ??= new v1.PublisherClient(config);
    this.#subscriber ??= new v1.SubscriberClient(config);
    return [this.#publisher, this.#subscriber];
  }
}
