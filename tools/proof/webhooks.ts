import { whyNoRealPubSub } from '../../test/support/real-pubsub.ts';
import { runWebhooksProof } from '../../test/support/webhooks-proof.ts';
import { summaryOf, verdictOf } from '../../test/support/webhooks-verdict.ts';

const SIZE = { events: 2_000, kills: 20, withinMs: 300_000 };

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** `npm run proof:webhooks`. Exit codes: 0 the promise held, 1 it did not, 2 there is no Pub/Sub server to be had here. */
const main = async (): Promise<number> => {
  const reason = whyNoRealPubSub();
  if (reason !== undefined) {
    say(reason);
    return 2;
  }
  const run = await runWebhooksProof(SIZE, say);
  const verdict = await verdictOf(run);
  const { missing, unexpected, repeated, faults, quarantined, duplicates } = verdict;
  process.stdout.write(`${summaryOf(run, verdict)}\n`);
  for (const line of [...missing, ...unexpected, ...repeated, ...faults]) say(`wrong: ${line}`);
  const isKept = missing.length + unexpected.length + repeated.length + faults.length + quarantined === 0;
  const wasTested = run.kills === SIZE.kills && run.failedDown > 0 && run.failedSlow > 0 && duplicates > 0;
  if (!wasTested) say('too little went wrong for a proof');
  return isKept && wasTested && run.dropped === 0 && run.exitCode === 0 ? 0 : 1;
};

process.exitCode = await main();
