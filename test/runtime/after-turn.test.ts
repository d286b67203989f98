import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { afterTurn } from '../../app/runtime/after-turn.ts';

const FILE = join(import.meta.dirname, '../../app/runtime/after-turn.ts');

describe('afterTurn', () => {
  it('does what is given in one turn together, after the turn', async () => {
    const done: (readonly number[])[] = [];
    const give = afterTurn((items: readonly number[]) => done.push(items));
    give(1);
    give(2);
    expect(done).toEqual([]);
    await setImmediate();
    expect(done).toEqual([[1, 2]]);
    give(3);
    await setImmediate();
    expect(done).toEqual([[1, 2], [3]]);
  });

  it.each(['process.exit(0)', "throw new Error('uncaught')"])(
    'does it before the process ends by %s, and what it gives to an older one too',
    async (end) => {
      const code = `import { afterTurn } from ${JSON.stringify(FILE)};
        import { writeSync } from 'node:fs';
        const log = afterTurn((lines) => writeSync(1, lines.join('')));
        const note = afterTurn((items) => { for (const item of items) log('noted ' + item + '; '); });
        note(1); note(2); log('said; ');
        ${end};`;
      const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code];
      const ended = promisify(execFile)(process.execPath, args).catch((error: { stdout: string }) => error);
      expect((await ended).stdout).toBe('said; noted 1; noted 2; ');
    },
  );
});
