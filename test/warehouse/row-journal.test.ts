import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
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
    journal = await RowJournal.open(folder, mostBytes);
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

  it('tells whoever appends that it failed', async () => {
    const closed = await RowJournal.open(folder);
    await closed.close();
    await expect(closed.append(['a'])).rejects.toThrow();
    await expect(closed.append(['b'])).rejects.toThrow();
    expect(closed.lines).toBe(0);
  });
});
