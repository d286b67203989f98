import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ownFolder } from '../../app/local/own-folder.ts';
import { KeptFileError } from '../../app/runtime/kept-file.ts';

describe('ownFolder', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'cio-own-'));
    folder = join(parent, '.cio-local');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const messageOf = async (path: string): Promise<string> => {
    const error: unknown = await ownFolder(path, 'events').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KeptFileError);
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    return message;
  };

  it('makes a folder, and a lock in it, for this user alone', async () => {
    const { release } = await ownFolder(folder, 'events');
    expect([statSync(folder).mode & 0o777, readdirSync(folder)]).toEqual([0o700, ['lock']]);
    expect(statSync(join(folder, 'lock')).mode & 0o777).toBe(0o600);
    release();
    chmodSync(folder, 0o755);
    (await ownFolder(folder, 'events')).release();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('gives it to one at a time', async () => {
    const first = await ownFolder(folder, 'events');
    for (let n = 0; n < 2; n += 1) {
      expect(await messageOf(folder)).toBe(
        `${folder} is in use by another npm start: stop that one, or start in another folder`,
      );
    }
    first.release();
    const second = await ownFolder(folder, 'events');
    await messageOf(folder);
    second.release();
  });

  it('says what stands in its place', async () => {
    writeFileSync(folder, 'a file');
    expect(await messageOf(folder)).toBe(
      `${folder} (events) cannot be written, ENOTDIR: it must be a folder: move the file of that name away`,
    );
    expect(await messageOf(join(folder, 'below'))).toContain('ENOTDIR');
    expect(await messageOf('/proc/cio-local')).toContain(
      '/proc/cio-local (events) cannot be written, ENOENT',
    );
  });

  it('says that its lock is no lock', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'lock'), 'text '.repeat(100));
    expect(await messageOf(folder)).toBe(
      `${join(folder, 'lock')} (nothing but a lock) cannot be locked, file is not a database: remove it`,
    );
  });
});
