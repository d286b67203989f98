import { describe, expect, it } from '@jest/globals';
import { whyNoRealPubSub } from '../support/real-pubsub.ts';
import { runWebhooksProof } from '../support/webhooks-proof.ts';
import { summaryOf, verdictOf } from '../support/webhooks-verdict.ts';

/** `npm run proof:webhooks` is the same with more events. */
const SIZE = { events: 600, kills: 20, withinMs: 150_000 };
const LIMIT_MS = 200_000;
const reason = whyNoRealPubSub();

(reason === undefined ? describe : describe.skip)(
  `from Customer.io to the warehouse through the real Pub/Sub${reason === undefined ? '' : `: ${reason}`}`,
  () => {
    it(
      'loses no event and has each once in the deduplicated view, while the receiver is killed and the stream fails',
      async () => {
        const lines: string[] = [];
        const run = await runWebhooksProof(SIZE, (line) => lines.push(line));
        const verdict = await verdictOf(run);
        process.stdout.write(`${summaryOf(run, verdict)}\n`);
        expect(verdict).toMatchObject({
          missing: [],
          unexpected: [],
          repeated: [],
          faults: [],
          quarantined: 0,
        });
        expect(verdict.view).toEqual(run.expected);
        expect(run).toMatchObject({ kills: SIZE.kills, taken: SIZE.events, dropped: 0, exitCode: 0 });
        // It was no proof unless things went wrong.
        expect(run.failedDown).toBeGreaterThan(0);
        expect(run.failedSlow).toBeGreaterThan(0);
        expect(run.failed).toBeGreaterThanOrEqual(SIZE.kills);
        expect(verdict.duplicates).toBeGreaterThan(0);
      },
      LIMIT_MS,
    );
  },
);
