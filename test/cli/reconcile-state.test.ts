import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import type { WarehouseReader } from '../../app/bigquery/port.ts';
import { stateFileOf, type Workspace } from '../../app/cli/reconcile-asked.ts';
import { reconcileCommand } from '../../app/cli/reconcile-command.ts';
import type { AppMessage, MessagesQuery } from '../../app/customerio/app-port.ts';
import { InMemoryStream } from '../../app/pubsub/in-memory-stream.ts';
import { StateFileError } from '../../app/reconcile/state-file.ts';

const HOUR = 3_600;
const FIRST = 1_760_000_000;
const EU: Workspace = { region: 'eu', apiKey: 'k3y-of-one' };

let folder: string;
/** One made in each hour. */
let deliveries: { readonly at: number; readonly message: AppMessage }[];
let stream: InMemoryStream;
let asked: MessagesQuery[];
let fault: Error | undefined;
let at: number;
/** The cursor of every page, whatever was asked. */
let next: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reconcile-'));
  stream = new InMemoryStream();
  deliveries = [];
  asked = [];
  fault = undefined;
  next = undefined;
  at = FIRST;
});
afterEach(() => rmSync(folder, { recursive: true }));

const addHours = (hours: number): void => {
  for (let hour = 0; hour < hours; hour += 1) {
    at += HOUR;
    const message = { id: `d${deliveries.length}`, type: 'email', metrics: { sent: at - 1 } };
    deliveries.push({ at: at - 1, message });
  }
};

/** As Customer.io: the deliveries of the range, the latest first. */
const messages = async (query: MessagesQuery) => {
  asked.push(query);
  if (fault !== undefined) throw fault;
  const { start_ts: from, end_ts: to, start = '0', limit } = query;
  const all = deliveries.filter((one) => one.at >= from && one.at <= to).toReversed();
  const begin = Number(start) || 0;
  const end = begin + limit;
  return {
    messages: all.slice(begin, end).map(({ message }) => message),
    next: next ?? (end < all.length ? String(end) : undefined),
  };
};

const warehouse: WarehouseReader = {
  mostValues: 7,
  rows: async ({ anyOf }) =>
    stream.messages.map(({ row }) => row).filter((row) => anyOf[0]?.values.includes(String(row.delivery_id))),
};

interface Ran {
  readonly code: number;
  readonly text: string;
  readonly said: string;
}

/** Milliseconds that each look at the clock takes. */
let tickMs = 0;
let ticks = 0;
const run = async (args: readonly string[], workspace = EU): Promise<Ran> => {
  const out: string[] = [];
  const said: string[] = [];
  let code = -1;
  const command = reconcileCommand({
    workspace: () => workspace,
    api: () => ({ messages }),
    warehouse: () => warehouse,
    // Closed by each run.
    stream: () => ({ stuck: false, publish: (all) => stream.publish(all), close: async () => undefined }),
    now: () => at * 1000 + tickMs * ticks++,
    print: (text) => out.push(text),
    say: (text) => said.push(text),
    sayMs: 10_000,
    end: (given) => {
      code = given;
    },
  });
  const program = new Command().addCommand(command);
  for (const one of [program, command]) one.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(['reconcile', '--since', '24h', ...args], { from: 'user' });
  return { code, text: out.join('\n'), said: said.join('\n') };
};

const state = (): string => join(folder, 'deep', 'er', 'state.json');
const refill = (...args: readonly string[]): Promise<Ran> => run(['--refill', '--state', state(), ...args]);
const json = ({ text }: Ran) => JSON.parse(text) as Record<string, unknown>;
const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
const refilled = (): number => new Set(stream.messages.map(({ eventId }) => eventId)).size;

describe('reconcile', () => {
  afterEach(() => {
    tickMs = 0;
    ticks = 0;
  });

  it('says now and then how far it is, and once at the end', async () => {
    addHours(24);
    expect((await refill()).said.match(/\d+ deliveries/g)).toEqual(['24 deliveries']);
    tickMs = 4_000;
    const said = (await run(['--state', state()])).said.match(/\d+ deliveries/g) ?? [];
    expect(said.at(-1)).toBe('24 deliveries');
    expect(said.length).toBeGreaterThan(1);
    expect(said.length).toBeLessThan(5);
  });

  it('writes nothing but one object to standard output with --json, and lines of JSON beside it', async () => {
    addHours(24);
    await refill('--max', '5');
    const { text, said } = await refill('--json', '--max', '5');
    expect(JSON.parse(text)).toMatchObject({ stoppedBy: 'max', truncated: true });
    const notes = said.split('\n').map((line) => (JSON.parse(line) as { note: string }).note);
    expect(notes).toEqual([
      expect.stringMatching(/^goes on with .* after 5 deliveries/),
      '10 deliveries, 10 events missing',
    ]);
    const done = await refill('--json');
    expect(json(done)).not.toHaveProperty('truncated');
  });

  it('says at its end that it was stopped', async () => {
    addHours(24);
    const { text } = await refill('--max', '5');
    expect(text.split('\n').at(-1)).toBe('truncated, stopped by --max: run it again to go on');
    expect((await refill()).text).not.toContain('truncated');
  });

  it('says where it lists but some of what is missing', async () => {
    addHours(60);
    const { text } = await run(['--state', state(), '--since', '72h']);
    expect(text.split('\n').at(-1)).toBe('truncated, listed are the first 50 of 60 missing events');
  });

  it('ends with 3 where the list of Customer.io does not end, and keeps no place in it', async () => {
    addHours(3);
    next = 'again';
    const { code, text } = await refill('--json');
    expect([code, JSON.parse(text)]).toMatchObject([
      3,
      { stoppedBy: 'cursor', truncated: true, missing: 3, refilled: 3 },
    ]);
    expect(existsSync(state())).toBe(false);
    expect((await refill()).text.split('\n').at(-1)).toMatch(
      /^truncated, the list of Customer.io does not end/,
    );
  });
});

describe('reconcile every day', () => {
  it('leaves no delivery out, however often the cap stops it', async () => {
    const codes: number[] = [];
    for (const max of ['5', '10', '3', '30', '1000']) {
      addHours(24);
      codes.push((await refill('--max', max)).code);
    }
    expect(codes).toEqual([3, 3, 3, 3, 0]);
    expect(refilled()).toBe(5 * 24);
    expect(existsSync(state())).toBe(false);
  });

  it('tells which times it has looked at', async () => {
    addHours(24);
    await refill('--max', '5');
    addHours(24);
    const [first, middle, last] = [FIRST, FIRST + 24 * HOUR, at].map(time);
    expect((await refill('--max', '20')).text).toContain(
      `Deliveries from ${first} to ${last}: 25.\nOne range after another:\n  ${first} to ${middle}\n  ${middle} to ${last}, not to its end`,
    );
    const told = json(await refill('--json'));
    expect(told).toMatchObject({ since: first, until: last, deliveries: 48, missing: 48, refilled: 48 });
    expect(told['ranges']).toEqual([
      { since: first, until: middle },
      { since: middle, until: last },
    ]);
  });

  it('tells one range where there is but one', async () => {
    addHours(24);
    expect(json(await refill('--json'))['ranges']).toEqual([{ since: time(FIRST), until: time(at) }]);
    expect((await refill()).text).not.toContain('One range after another');
  });

  it('makes up for a day on which Customer.io could not be reached', async () => {
    addHours(24);
    fault = new Error('cannot be reached');
    await expect(refill()).rejects.toThrow('cannot be reached');
    fault = undefined;
    addHours(24);
    expect((await refill()).code).toBe(0);
    expect(refilled()).toBe(48);
  });

  it('goes on with the oldest range there may be, although its beginning is too old a moment later', async () => {
    addHours(31 * 24);
    expect((await refill('--max', '5', '--since', '30d')).code).toBe(3);
    at += 2 * HOUR;
    const { said, code } = await refill('--max', '1000', '--since', '30d');
    expect(said).toContain('goes on with');
    expect(code).toBe(0);
    expect(refilled()).toBeGreaterThanOrEqual(30 * 24 - 1);
  });

  it('begins anew where it stopped longer ago than the warehouse takes rows of', async () => {
    addHours(24);
    await refill('--max', '5');
    addHours(40 * 24);
    const { said, text } = await refill('--json');
    expect(said).toContain('begins anew at');
    expect(JSON.parse(text)).toMatchObject({ since: time(at - 30 * 24 * HOUR), until: time(at) });
  });
});

describe('the state of reconcile', () => {
  it('of a refill is neither ended nor replaced by a dry run', async () => {
    addHours(24);
    await refill('--max', '5');
    const before = readFileSync(state(), 'utf8');
    expect((await run(['--state', state(), '--max', '2'])).code).toBe(3);
    expect((await run(['--state', state()])).code).toBe(1);
    expect(readFileSync(state(), 'utf8')).toBe(before);
    expect(readdirSync(join(folder, 'deep', 'er'))).toEqual(['state.json']);
    expect((await refill()).said).toContain('after 5 deliveries');
  });

  it.each<[string, Workspace]>([
    ['key', { ...EU, apiKey: 'k3y-of-another' }],
    ['region', { ...EU, region: 'us' }],
    ['App API', { ...EU, url: 'http://127.0.0.1:1/v1' }],
  ])('is of one workspace: another %s begins anew, and has another file', async (_what, other) => {
    addHours(24);
    await refill('--max', '5');
    expect(readFileSync(state(), 'utf8')).not.toContain(EU.apiKey);
    const { said, text } = await run(['--refill', '--state', state(), '--json'], other);
    expect(said).toContain('is of other options or another workspace: begins anew');
    expect(JSON.parse(text)).toMatchObject({ deliveries: 24 });
    const previous = process.cwd();
    process.chdir(folder);
    try {
      for (const workspace of [EU, other]) await run(['--refill', '--max', '5'], workspace);
      await run(['--max', '5']);
      const files = readdirSync('.cio-local');
      expect(files).toHaveLength(3);
      expect(files.filter((name) => /^reconcile-eu-[0-9a-f]{12}\.dry-run\.json$/.test(name))).toHaveLength(1);
      expect((await run(['--refill'], other)).said).toContain('after 5 deliveries');
    } finally {
      process.chdir(previous);
    }
  });

  it('stands where it was told to', () => {
    expect(stateFileOf({ state: 'a/b.json', refill: true }, EU, '')).toBe('a/b.json');
    expect(stateFileOf({ state: 'a/b.json' }, EU, '')).toBe('a/b.dry-run.json');
  });

  it('is found unusable before anything is done', async () => {
    addHours(1);
    writeFileSync(join(folder, 'file'), '');
    const places = [join(folder, 'file', 'x', 'y'), ...(existsSync('/proc/self') ? ['/proc/x/y'] : [])];
    for (const place of places) {
      const failed = await run(['--refill', '--state', place]).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(StateFileError);
      expect((failed as Error).message).toMatch(/^\S+ cannot be (written|read) \(E[A-Z]+\)/);
    }
    expect([asked, stream.messages]).toEqual([[], []]);
  });
});

describe('reconcile --metric', () => {
  it('refuses one that no event has, and names those there are', async () => {
    const failed = await run(['--metric', 'sent', '--metric', 'snet']).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CommanderError);
    expect((failed as Error).message).toMatch(/'snet' is invalid.*attempted, bounced, .*sent, /);
    expect(asked).toEqual([]);
  });
});
