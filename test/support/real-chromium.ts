import { spawnSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const PATIENCE_MS = 20_000;
/** Nothing but what the page asks for: no updates, no first run; as root Chromium has no sandbox. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

const installed = (): string | undefined =>
  NAMES.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);

const pathOf = (name: string): string =>
  spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).stdout.trim();

/** Why no Chromium can be had here; undefined when one can. A suite is skipped by name with this reason. */
export const whyNoChromium = (): string | undefined =>
  installed() === undefined ? `skipped, no ${NAMES.join(', ')} here` : undefined;

/** How a page is looked at. */
export interface Look {
  /** Pixels. @default 1200 */
  readonly width?: number;
  /** @default light */
  readonly scheme?: 'light' | 'dark';
}

/** A page in Chromium, with what went wrong in it. */
export interface OpenPage {
  readonly page: Page;
  /** What its console says of errors, and what its scripts throw. */
  readonly errors: readonly string[];
}

/** A Chromium of its own, headless, with a profile that is thrown away. */
export class RealChromium {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<RealChromium> {
    const { chromium } = await import('playwright-core');
    const executablePath = pathOf(installed() ?? 'chromium');
    return new RealChromium(await chromium.launch({ executablePath, args: FLAGS, headless: true }));
  }

  /** Opens an address in a window without cookies or cache. */
  async open(url: string, { width = 1200, scheme = 'light' }: Look = {}): Promise<OpenPage> {
    const page = await this.#browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    page.setDefaultTimeout(PATIENCE_MS);
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(url);
    return { page, errors };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
