import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { streamCommand } from '../../app/cli/stream-command.ts';
import { StreamError } from '../../app/pubsub/stream-error.ts';
import { FakeDeadLetters, letter, PUBLISHED } from '../pubsub/fake-dead-letters.ts';

interface Ran {
  readonly code: number;
  readonly json: Readonly<Record<string, unknown>>;
}

const runText = async (
  letters: FakeDeadLetters,
  args: readonly string[],
  now: () => number = () => 0,
): Promise<{ code: number; text: string; said: string }> => {
  const out: string[] = [];
  const said: string[] = [];
  let code = -1;
  const command = streamCommand({
    open: async () => letters,
    print: (text) => out.push(text),
    say: (text) => said.push(text),
    now,
    end: (given) => {
      code = given;
    },
  });
  const program = new Command().addCommand(command);
  for (const one of [program, command, ...command.commands]) {
    one.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  await program.parseAsync(['stream', 'replay', ...args], { from: 'user' });
  expect(letters.closed).toBe(true);
  return { code, text: out.join('\n'), said: said.join('\n') };
};

const run = async (letters: FakeDeadLetters, ...args: readonly string[]): Promise<Ran> => {
  const { code, text } = await runText(letters, [...args, '--json']);
  return { code, json: JSON.parse(text) as Ran['json'] };
};

const three = (): FakeDeadLetters =>
  new FakeDeadLetters([letter('a'), letter('b', { table: 'quarantine' }), letter('c')]);

describe('stream replay', () => {
  it('changes nothing without --yes, and tells what it would do', async () => {
    const letters = three();
    const { code, json } = await run(letters);
    expect(code).toBe(0);
    expect(json).toMatchObject({
      dryRun: true,
      replayed: 3,
      left: 0,
      tables: { delivery_events: 2, quarantine: 1 },
      reasons: { 'Missing required fields: event_id.': 3 },
    });
    expect([letters.republished, letters.left, letters.leased.size]).toEqual([[], ['a', 'b', 'c'], 0]);
    expect((await runText(three(), [])).text).toContain('This was a dry run: --yes does it.');
  });

  it('puts every letter back and removes it', async () => {
    const letters = three();
    expect(await run(letters, '--yes')).toMatchObject({ code: 0, json: { dryRun: false, replayed: 3 } });
    expect([letters.republished, letters.left, letters.leased.size]).toEqual([['a', 'b', 'c'], [], 0]);
  });

  it.each([
    ['--table', 'quarantine', ['b']],
    ['--event-id', 'c', ['c']],
    ['--reason', 'missing REQUIRED', ['a', 'b', 'c']],
    ['--reason', 'no such field', []],
    ['--since', PUBLISHED, ['a', 'b', 'c']],
    ['--since', '2026-11-24T08:00:00.001Z', []],
  ])('with %s %s puts back only those, and leaves the others where they are', async (option, value, ids) => {
    const letters = three();
    const { code, json } = await run(letters, '--yes', option, value);
    expect([code, letters.republished, json['replayed'], json['left']]).toEqual([
      0,
      ids,
      ids.length,
      3 - ids.length,
    ]);
    expect([...letters.left].sort()).toEqual(['a', 'b', 'c'].filter((id) => !ids.includes(id)));
  });

  it('stops at --max with code 3, and not where exactly so many were there', async () => {
    const letters = three();
    expect(await run(letters, '--yes', '--max', '2')).toMatchObject({
      code: 3,
      json: { replayed: 2, stoppedBy: 'max' },
    });
    expect(letters.left).toEqual(['c']);
    expect((await run(three(), '--max', '2')).json['truncated']).toBe(true);
    expect((await runText(three(), ['--max', '2'])).text).toMatch(
      /\ntruncated: not every row was looked at$/,
    );
    expect(await run(three(), '--yes', '--max', '3')).toMatchObject({ code: 0, json: { replayed: 3 } });
  });

  it('says so where it lists but some of the rows, and cuts no character of a reason', async () => {
    const reason = `${'x'.repeat(118)}${'👨‍👩‍👧'.repeat(5)}`;
    const attributes = { CloudPubSubDeadLetterSourceDeliveryErrorMessage: reason };
    const sixty = (): FakeDeadLetters =>
      new FakeDeadLetters(Array.from({ length: 60 }, (_none, index) => letter(`r${index}`, attributes)));
    const { code, json } = await run(sixty());
    expect([code, json['truncated'], json['replayed']]).toEqual([0, true, 60]);
    expect(json['reasons']).toEqual({ [`${'x'.repeat(118)}…`]: 60 });
    expect((await runText(sixty(), [])).text).toMatch(/\ntruncated: 50 of 60 rows are listed$/);
    expect((await run(three())).json).not.toHaveProperty('truncated');
  });

  it('tells a failure with --json in one line beside the result', async () => {
    const letters = three();
    letters.before = (step) => {
      if (step === 'republish') throw new StreamError('unavailable', 'gone');
    };
    const { code, said } = await runText(letters, ['--yes', '--json']);
    expect([code, JSON.parse(said)]).toEqual([1, { error: { code: 'unavailable', message: 'gone' } }]);
  });

  it('stops in time with code 3, and gives back what it holds', async () => {
    const letters = new FakeDeadLetters(['a', 'b', 'c'].map((id) => letter(id)));
    letters.most = 1;
    let ms = 0;
    letters.before = (step) => {
      if (step === 'pull') ms += 4_000;
    };
    const { code, text, said } = await runText(letters, ['--within', '8', '--json'], () => ms);
    expect([code, JSON.parse(text)]).toMatchObject([3, { replayed: 2, stoppedBy: 'time' }]);
    expect(said).toContain('1 rows, 0 a second');
    expect([letters.left.length, letters.leased.size]).toEqual([3, 0]);
  });

  it.each(['republish', 'acknowledge'] as const)(
    'removes nothing that it could not %s, ends with code 1, and does the rest at the next run',
    async (failing) => {
      const letters = three();
      letters.most = 1;
      let steps = 0;
      letters.before = (step) => {
        if (step === failing && ++steps === 2) throw new StreamError('unavailable', 'gone');
      };
      expect(await run(letters, '--yes')).toMatchObject({ code: 1, json: { replayed: 1, failure: 'gone' } });
      expect([[...letters.left].sort(), letters.leased.size]).toEqual([['b', 'c'], 0]);
      letters.before = () => undefined;
      letters.closed = false;
      expect(await run(letters, '--yes')).toMatchObject({ code: 0, json: { replayed: 2 } });
      expect(new Set(letters.republished)).toEqual(new Set(['a', 'b', 'c']));
    },
  );

  it('tells the first failure when releasing fails as well', async () => {
    const letters = three();
    letters.before = (step) => {
      if (step !== 'pull') throw new StreamError('unavailable', step);
    };
    expect(await run(letters, '--yes')).toMatchObject({ code: 1, json: { failure: 'republish' } });
  });

  it('sends no more than 10 MB in a request', async () => {
    const letters = new FakeDeadLetters(['a', 'b', 'c'].map((id) => letter(id, {}, 4_500_000)));
    expect((await run(letters, '--yes')).code).toBe(0);
    expect(letters.requests).toEqual([2, 1]);
  });

  it('sees a letter whose lease ended once', async () => {
    const letters = new FakeDeadLetters([letter('a'), letter('a')]);
    letters.most = 1;
    expect(await run(letters)).toMatchObject({ code: 0, json: { replayed: 1 } });
  });

  it('restores the attributes that a row was published with', () => {
    expect(letter('a').message.attributes).toEqual({ table: 'delivery_events', event_id: 'a' });
  });

  it.each([
    ['--max', '0'],
    ['--within', '541'],
    ['--since', 'yesterday'],
    ['--table', 'other'],
    ['--project', 'x/y'],
    ['--topic', 'projects/acme/topics/t'],
  ])('refuses %s %s', async (option, value) => {
    await expect(runText(three(), [option, value])).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });
});
