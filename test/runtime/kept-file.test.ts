import { describe, expect, it } from '@jest/globals';
import { damageFault, KeptFileError, systemFault } from '../../app/runtime/kept-file.ts';

const FILE = { path: '.cio-local/bus.jsonl', holds: 'events' };

describe('a fault of a kept file', () => {
  it.each([
    ['ENOSPC', 'free some space on its disk'],
    ['EDQUOT', 'free some space on its disk'],
    ['EACCES', 'give this user the right to read and write it, or start in another folder'],
    ['EPERM', 'give this user the right to read and write it, or start in another folder'],
    ['EROFS', 'its disk is read-only: start in another folder'],
    ['ENOTDIR', 'it must be a folder: move the file of that name away'],
    ['EIO', 'look after its disk, or move it away'],
  ])('of %s names the file, what is in it and what to do, in one line', (code, advice) => {
    const error = systemFault(FILE, 'written', Object.assign(new Error('no\nmore'), { code }));
    expect(error).toBeInstanceOf(KeptFileError);
    expect(error.message).toBe(`.cio-local/bus.jsonl (events) cannot be written, ${code}: ${advice}`);
  });

  it('of its content asks to move it away', () => {
    expect(damageFault(FILE, 'it is empty').message).toBe(
      '.cio-local/bus.jsonl (events) cannot be taken up, it is empty: move it away to start without it, or put a whole copy in its place',
    );
  });
});
