import { Command } from 'commander';
import { googleHeaders } from '../google-auth/google-headers.ts';
import type { DeadLetters } from '../pubsub/dead-letters.ts';
import { connectDeadLetters } from '../pubsub/google-dead-letters.ts';
import { type ReplayResult, replay } from '../pubsub/replay.ts';
import { processConfig } from '../runtime/config/process-config.ts';
import { faultOf } from './fault-of.ts';
import { choiceMatches, REPLAY_OPTIONS, type ReplayChoice } from './replay-options.ts';
import { ReplayReport } from './replay-report.ts';
import { noteOf, type Shown, shown, shownJson, terminal } from './terminal.ts';

/** What the commands use of the world. */
export interface StreamWorld {
  /** The dead letters of a topic: the one that is chosen, else that of the settings. */
  readonly open: (choice: Pick<ReplayChoice, 'project' | 'topic'>) => Promise<DeadLetters>;
  readonly print: (text: Shown) => void;
  /** Tells a person how far it is. */
  readonly say: (text: Shown) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  /** Sets the exit code. */
  readonly end: (code: number) => void;
}

const systemWorld: StreamWorld = {
  open: async (choice) => {
    const instead = { PUBSUB_PROJECT: choice.project, PUBSUB_TOPIC: choice.topic };
    const config = processConfig('stream', instead);
    const { pubsubProject: project, pubsubTopic: topic, pubsubEmulatorHost: emulatorHost } = config;
    // Google's client for Pub/Sub does not tell what to do without credentials; an emulator needs none.
    if (emulatorHost === undefined) await googleHeaders(project)();
    return connectDeadLetters({ project, topic, emulatorHost });
  },
  print: terminal.print,
  say: terminal.say,
  now: performance.now.bind(performance),
  end: (code) => {
    process.exitCode = code;
  },
};

const FAILED = 1;
const CAPPED = 3;
const SAY_MS = 1_000;

const codeOf = ({ failure, stoppedBy }: ReplayResult): number => {
  if (failure !== undefined) return FAILED;
  return stoppedBy === undefined ? 0 : CAPPED;
};

/** Says a count and its rate, at most once a second. */
const progress = ({ say, now }: StreamWorld, json: boolean): (() => void) => {
  const start = now();
  let count = 0;
  let saidAt = start;
  return () => {
    count += 1;
    const at = now();
    if (at - saidAt < SAY_MS) return;
    saidAt = at;
    say(noteOf(`${count} rows, ${Math.round((count * 1000) / (at - start))} a second`, json));
  };
};

const run = async (choice: ReplayChoice, world: StreamWorld): Promise<void> => {
  const report = new ReplayReport();
  const dryRun = choice.yes !== true;
  const letters = await world.open(choice);
  const json = choice.json === true;
  const step = progress(world, json);
  try {
    const result = await replay({
      letters,
      matches: choiceMatches(choice),
      dryRun,
      max: choice.max,
      withinMs: choice.within * 1000,
      now: world.now,
      onLetter: (letter) => {
        report.add(letter);
        step();
      },
    });
    if (json && result.failure !== undefined) world.say(faultOf(result.failure, 'stream replay', json).text);
    world.print(json ? shownJson(report.json(result, dryRun)) : shown(report.text(result, dryRun)));
    world.end(codeOf(result));
  } finally {
    await letters.close();
  }
};

/**
 * `cio-platform stream replay`: puts rows that BigQuery refused back into the topic, once their cause is mended.
 *
 * @param instead replaces parts of the world, for tests
 */
export const streamCommand = (instead: Partial<StreamWorld> = {}): Command => {
  const world = { ...systemWorld, ...instead };
  const replaying = new Command('replay')
    .description(
      'put rows that the warehouse refused back into the stream; a dry run unless --yes is given. ' +
        'Exit codes: 0 done, 1 failed, 2 usage, 3 stopped by --max or --within',
    )
    .action((choice: ReplayChoice) => run(choice, world));
  for (const option of REPLAY_OPTIONS) replaying.addOption(option);
  return new Command('stream').description('the stream of webhooks').addCommand(replaying);
};
