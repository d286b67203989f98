import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import type { Command } from 'commander';
import { reconcileCommand } from '../../app/cli/reconcile-command.ts';
import { secretsCommand } from '../../app/cli/secrets-command.ts';
import { streamCommand } from '../../app/cli/stream-command.ts';
import { traceCommand } from '../../app/cli/trace-command.ts';
import { webhooksCommand } from '../../app/cli/webhooks-command.ts';
import type { TraceAnswer } from '../../app/trace/trace-answer.ts';
import { FakeDeadLetters, letter } from '../pubsub/fake-dead-letters.ts';

jest.setTimeout(20_000);

/** Clears the screen, forges a line, turns the direction of text, and is an escape sequence of C1. */
const HOSTILE = '\u001b[2J\nready\u202e\u009b31m';
const SHOWN = '\\x1b[2J\\nready\\u202e\\x9b31m';

const NOW = Date.UTC(2026, 10, 24, 12);
const TRACED: TraceAnswer = {
  id: HOSTILE,
  since: '',
  steps: [{ at: '', where: 'delivery_events', kind: 'message', what: HOSTILE, deliveryId: HOSTILE }],
  verdicts: [],
  searched: { [HOSTILE]: false },
};

type Sink = (text: string) => void;

const end = (): void => undefined;

/** Each command whose output has text that others wrote, with the words to call it by. */
const COMMANDS: Readonly<Record<string, (print: Sink, folder: string) => readonly [Command, string]>> = {
  trace: (print) => [traceCommand({ ask: async () => TRACED, now: () => NOW, print, end }), 'm1'],
  'stream replay': (print) => [
    streamCommand({
      open: async () =>
        new FakeDeadLetters([letter('a', { CloudPubSubDeadLetterSourceDeliveryErrorMessage: HOSTILE })]),
      print,
      say: print,
      now: () => 0,
      end,
    }),
    'replay',
  ],
  reconcile: (print, folder) => [
    reconcileCommand({
      workspace: () => ({ region: 'eu', apiKey: 'k' }),
      api: () => ({
        messages: async () => ({
          messages: [{ id: HOSTILE, type: 'email', metrics: { sent: NOW / 1000 - 60, [HOSTILE]: 1 } }],
          next: '',
        }),
      }),
      warehouse: () => ({ mostValues: 100, rows: async () => [] }),
      now: () => NOW,
      print,
      say: print,
      end,
    }),
    `--since 24h --state ${join(folder, 'state.json')}`,
  ],
  'secrets status': (print) => [
    secretsCommand({
      open: () => ({ versions: async () => [{ number: 2, enabled: true, createdAt: HOSTILE }] }) as never,
      print,
    }),
    'status --project acme',
  ],
  'webhooks status': (print) => [
    webhooksCommand({
      open: () =>
        ({
          webhooks: async () => [
            { id: 1, name: HOSTILE, endpoint: 'https://h.example/x', events: [HOSTILE], disabled: false },
          ],
        }) as never,
      print,
      end,
    }),
    'status --url https://h.example/x',
  ],
};

const run = async (name: string, ...more: readonly string[]): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
  const out: string[] = [];
  const [command, args] = COMMANDS[name]?.((text) => out.push(text), folder) ?? [];
  try {
    await command?.parseAsync([...(args ?? '').split(' '), ...more], { from: 'user' });
  } finally {
    rmSync(folder, { recursive: true });
  }
  return out.join('\n');
};

describe('what a command says', () => {
  it.each(Object.keys(COMMANDS))(
    'has of %s text of others as escapes, and none is left out',
    async (name) => {
      const text = await run(name);
      expect(text).toContain(SHOWN);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(text).not.toMatch(/^ready/m);
    },
  );

  it.each(Object.keys(COMMANDS))('is of %s --json the JSON that it was', async (name) => {
    const text = (await run(name, '--json')).split('\n').at(-1) ?? '';
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(HOSTILE).slice(1, -1));
  });
});
