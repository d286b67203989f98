import { type Child, freePort, startFile } from './child.ts';

/** The webhooks role in a process of its own, on one port over all its restarts. */
export class WebhooksReceiver {
  readonly #env: Readonly<Record<string, string>>;
  #child: Child | undefined;
  #kills = 0;

  private constructor(env: Readonly<Record<string, string>>) {
    this.#env = env;
  }

  /** @param env what the role needs beside its ports */
  static async start(env: Readonly<Record<string, string>>): Promise<WebhooksReceiver> {
    const ports = { PORT: String(await freePort()), METRICS_PORT: String(await freePort()) };
    const receiver = new WebhooksReceiver({ ...env, HOST: '127.0.0.1', ...ports });
    await receiver.restart();
    return receiver;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#env['PORT']}/webhooks/customerio`;
  }

  get kills(): number {
    return this.#kills;
  }

  async restart(): Promise<void> {
    this.#child = await startFile('app/roles/webhooks.main.ts', this.#env);
  }

  /** SIGKILL, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#child?.kill();
    this.#kills += 1;
  }

  /** SIGTERM. @returns its exit code */
  async stop(): Promise<number | null | undefined> {
    return this.#child?.stop();
  }
}
