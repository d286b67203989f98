import { Command } from 'commander';
import { BigQueryReader } from '../bigquery/bigquery-reader.ts';
import { LocalReader } from '../bigquery/local-reader.ts';
import type { WarehouseReader } from '../bigquery/port.ts';
import { type AppClientOptions, createAppClient } from '../customerio/app-client.ts';
import type { AppApi } from '../customerio/app-port.ts';
import { GoogleStream } from '../pubsub/google-stream.ts';
import type { EventStream } from '../pubsub/port.ts';
import { LocalRefillStream } from '../reconcile/local-refill-stream.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import { type ReconcileState, totals } from '../reconcile/reconcile-state.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { QUERY_PATH } from '../warehouse/query-path.ts';
import { toRows } from '../webhooks/to-rows.ts';
import type { Workspace } from './reconcile-asked.ts';
import { RECONCILE_OPTIONS, type ReconcileChoice } from './reconcile-options.ts';
import { reconcileJson, reconcileText } from './reconcile-report.ts';
import { type ReconcileStart, reconcileStart } from './reconcile-start.ts';
import { noteOf, type Shown, shown, shownJson, terminal } from './terminal.ts';

/** What the command uses of the world. */
export interface ReconcileWorld {
  /** The workspace of the settings. */
  readonly workspace: () => Workspace;
  /** The App API of the settings. */
  readonly api: () => Pick<AppApi, 'messages'>;
  readonly warehouse: (choice: ReconcileChoice) => WarehouseReader;
  /** What refilled rows go into. */
  readonly stream: (choice: ReconcileChoice) => EventStream;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly print: (text: Shown) => void;
  /** Tells a person how far it is. */
  readonly say: (text: Shown) => void;
  /** Milliseconds from one word of how far it is to the next. */
  readonly sayMs: number;
  /** Sets the exit code. */
  readonly end: (code: number) => void;
}

const MISSING = 1;
const CAPPED = 3;
/** Nobody waits at the other end, unlike the receiver's. */
const PATIENCE = { withinMs: 30_000, closeMs: 30_000 };

const settings = (): AppClientOptions => {
  const config = processConfig('app-api');
  return {
    apiKey: config.customerioAppApiKey,
    region: config.customerioRegion,
    url: config.customerioAppUrl,
  };
};

/** PUBSUB_EMULATOR_HOST counts here as everywhere: rows meant for an emulator must not reach the real topic. */
const emulator = (project: string): string | undefined =>
  processConfig('stream', { PUBSUB_PROJECT: project }).pubsubEmulatorHost;

const systemWorld: ReconcileWorld = {
  workspace: settings,
  api: () => createAppClient(settings()),
  warehouse: ({ url, project, dataset }) =>
    project === undefined
      ? new LocalReader(new URL(QUERY_PATH, url).href)
      : new BigQueryReader({ project, dataset }),
  stream: ({ url, project, topic }) =>
    project === undefined
      ? new LocalRefillStream(url)
      : new GoogleStream({ project, topic, emulatorHost: emulator(project), ...PATIENCE }),
  now: Date.now,
  print: terminal.print,
  say: terminal.say,
  // Somebody who looks at it wants to see it move; a log does not.
  sayMs: terminal.isWatched ? 1_000 : 10_000,
  end: (code) => {
    process.exitCode = code;
  },
};

const startOf = async (
  choice: ReconcileChoice,
  command: Command,
  { workspace, now, say }: ReconcileWorld,
): Promise<ReconcileStart> => {
  try {
    return await reconcileStart(choice, workspace, now(), (text) => say(noteOf(text, choice.json === true)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return command.error(`error: ${error.message}`);
  }
};

const codeOf = (state: ReconcileState): number => {
  if (!state.done || state.stuck) return CAPPED;
  const { missing, refilled } = totals(state);
  return missing > refilled ? MISSING : 0;
};

/** Says how far it is, at most once in a while; `last` says it in the end. */
const progress = (json: boolean, { say, sayMs, now }: ReconcileWorld) => {
  let saidAt = now();
  const last = (state: ReconcileState): void => {
    saidAt = now();
    say(noteOf(`${state.deliveries} deliveries, ${totals(state).missing} events missing`, json));
  };
  const step = (state: ReconcileState): void => {
    if (now() - saidAt >= sayMs) last(state);
  };
  return { step, last };
};

const run = async (choice: ReconcileChoice, command: Command, world: ReconcileWorld): Promise<void> => {
  const { state: start, until, file } = await startOf(choice, command, world);
  const stream = choice.refill ? world.stream(choice) : undefined;
  try {
    const json = choice.json === true;
    const told = progress(json, world);
    const save = async (state: ReconcileState): Promise<void> => {
      await file.save(state);
      told.step(state);
    };
    const { metric: metrics, max } = choice;
    const { api, warehouse, now } = world;
    const parts = {
      api: api(),
      warehouse: warehouse(choice),
      stream,
      toRows,
      metrics,
      max,
      until,
      now,
      save,
    };
    const state = await reconcile(parts, start);
    told.last(state);
    if (state.done) await file.remove();
    const dryRun = stream === undefined;
    world.print(json ? shownJson(reconcileJson(state, dryRun)) : shown(reconcileText(state, dryRun)));
    world.end(codeOf(state));
  } finally {
    await stream?.close();
  }
};

/**
 * `cio-platform reconcile`: finds delivery events whose webhooks never came, and refills them from the App API
 * (`CUSTOMERIO_REGION`, `CUSTOMERIO_APP_API_KEY`).
 *
 * @param instead replaces parts of the world, for tests
 */
export const reconcileCommand = (instead: Partial<ReconcileWorld> = {}): Command => {
  const world = { ...systemWorld, ...instead };
  const command = new Command('reconcile')
    .description(
      'compare the deliveries that Customer.io knows with the warehouse, and refill what is missing; a dry run unless --refill ' +
        'is given. Exit codes: 0 nothing is missing or all was refilled, 1 failed or something is missing, 2 usage, ' +
        '3 stopped by --max or by a list that does not end, 4 could not ask Customer.io or the warehouse',
    )
    .action((choice: ReconcileChoice, self: Command) => run(choice, self, world));
  for (const option of RECONCILE_OPTIONS) command.addOption(option);
  return command;
};
