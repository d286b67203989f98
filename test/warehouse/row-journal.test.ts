import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KeptFileError } from '../../app/runtime/kept-file.ts';
import { RowJournal } from '../../app/warehouse/row-journal.ts';

const linesIn = async (journal: RowJournal, from = 0): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const chunk of journal.read(from)) lines.push(...chunk.lines);
  return lines;
};

describe('RowJournal', () => {
  let folder: string;
  let journal: RowJournal;
  const reopen = async (mostBytes?: number): Promise<void> => {
    await journal.close();
    journal = await RowJournal.open(folder, { ...(mostBytes && { mostBytes }) });
  };
  const file = (): string => join(folder, 'webhooks.jsonl');

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cio-journal-'));
    journal = await RowJournal.open(folder);
  });
  afterEach(async () => {
    await journal.close();
    rmSync(folder, { recursive: true });
  });

  it('has what was appended in the file once the append resolves', async () => {
    await journal.append(['a', 'b']);
    expect(readFileSync(file(), 'utf8')).toBe('a\nb\n');
    expect(journal.lines).toBe(2);
    expect(statSync(file()).mode & 0o077).toBe(0);
  });

  it('keeps the order of appends that do not wait for each other, and every one of them', async () => {
    const lines = Array.from({ length: 500 }, (_none, n) => `line ${n}`);
    await Promise.all(lines.map((line) => journal.append([line])));
    expect(await linesIn(journal)).toEqual(lines);
  });

  it('is as it was after a new start', async () => {
    await journal.append(['a', 'b']);
    await reopen();
    expect(journal.lines).toBe(2);
    await journal.append(['c']);
    expect(await linesIn(journal)).toEqual(['a', 'b', 'c']);
  });

  it('reads on from where a chunk ended', async () => {
    await journal.append(['ä', 'b']);
    let end = 0;
    for await (const chunk of journal.read(0)) end = chunk.end;
    expect(await linesIn(journal, end)).toEqual([]);
    await journal.append(['c']);
    expect(await linesIn(journal, end)).toEqual(['c']);
  });

  it('reads lines longer than a chunk', async () => {
    const long = 'é'.repeat(1_300_000);
    await journal.append(['a', long, 'b']);
    expect(await linesIn(journal)).toEqual(['a', long, 'b']);
  });

  it('leaves a line that was cut short apart from the next', async () => {
    await journal.append(['a']);
    appendFileSync(file(), '{"cut');
    await reopen();
    expect(journal.lines).toBe(1);
    expect(await linesIn(journal)).toEqual(['a']);
    await journal.append(['b']);
    expect(await linesIn(journal)).toEqual(['a', '{"cut', 'b']);
  });

  it('starts with the newest lines where it has grown too large', async () => {
    const lines = Array.from({ length: 300 }, (_none, n) => `${n}`.padEnd(10_000, '.'));
    await journal.append(lines);
    await reopen(3_100_000);
    expect(journal.lines).toBe(300);
    await reopen(1_500_000);
    expect(statSync(file()).size).toBeLessThan(2_000_000);
    const kept = await linesIn(journal);
    expect(kept.length).toBeGreaterThan(50);
    expect(kept).toEqual(lines.slice(-kept.length));
  });

  it('is for this user alone, also where it was not', async () => {
    await journal.append(['a']);
    chmodSync(file(), 0o644);
    await reopen();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const inside = join(folder, 'new');
    await (await RowJournal.open(inside)).close();
    expect(statSync(inside).mode & 0o777).toBe(0o700);
  });

  const ROW = '{"table":"delivery_events","row":{}}';
  const begin = '{"table":"';
  const openedWith = async (text: string | Buffer): Promise<number> => {
    writeFileSync(file(), text);
    const opened = await RowJournal.open(folder, { begin });
    await opened.close();
    expect(readFileSync(file())).toEqual(Buffer.from(text));
    return opened.lines;
  };

  it.each([
    ['nothing', '', 0],
    ['rows', `${ROW}\n${ROW}\n`, 2],
    ['a row that a kill cut short last', `${ROW}\n{"table":"deliv`, 1],
    ['a row of which there is little', `${ROW}\n{"t`, 1],
    ['rows after one that was cut short', `${ROW}\n{"table":"deliv\n{"t\n${ROW}\n`, 4],
  ])('opens with %s', async (_what, text, lines) => {
    expect(await openedWith(text)).toBe(lines);
  });

  it.each([
    ['text', 'hello\n', 1],
    ['text without an end', `${ROW}\nhello`, 2],
    ['zeros', Buffer.alloc(5000), 1],
    ['zeros at the end', Buffer.concat([Buffer.from(`${ROW}\n`), Buffer.alloc(100)]), 2],
    ['no text', Buffer.from([0xff, 0xfe, 10]), 1],
    ['other JSON between rows', `${ROW}\n{"a":1}\n${ROW}\n`, 2],
  ])('does not start over %s, names the line, and leaves the file as it is', async (_what, text, line) => {
    const error: unknown = await openedWith(text).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(KeptFileError);
    expect((error as Error).message).toBe(
      `${file()} (the webhooks that npm start has received) cannot be taken up, line ${line} is none of its lines: move it away to start without it, or put a whole copy in its place`,
    );
    expect(readFileSync(file())).toEqual(Buffer.from(text));
  });

  it('says so where its file cannot be opened', async () => {
    const other = join(folder, 'other');
    mkdirSync(join(other, 'webhooks.jsonl'), { recursive: true });
    await expect(RowJournal.open(other)).rejects.toThrow(
      'cannot be read and written, EISDIR: it must be a file',
    );
    writeFileSync(join(folder, 'file'), '');
    await expect(RowJournal.open(join(folder, 'file'))).rejects.toThrow(KeptFileError);
  });

  it('leaves nothing beside it after it has left out the oldest lines', async () => {
    await journal.append(Array.from({ length: 300 }, (_none, n) => `${n}`.padEnd(10_000, '.')));
    await reopen(1_500_000);
    expect([readdirSync(folder), statSync(file()).mode & 0o777]).toEqual([['webhooks.jsonl'], 0o600]);
  });

  it('tells whoever appends that it failed', async () => {
    const closed = await RowJournal.open(folder);
    await closed.close();
    await expect(closed.append(['a'])).rejects.toThrow();
    await expect(closed.append(['b'])).rejects.toThrow();
    expect(closed.lines).toBe(0);
  });
});
