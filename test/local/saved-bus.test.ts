import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LOCAL_PARTITIONS, TOPICS } from '../../app/contract/topics.ts';
import { InMemoryBus } from '../../app/kafka/in-memory-bus.ts';
import { savedBus } from '../../app/local/saved-bus.ts';
import { KeptFileError } from '../../app/runtime/kept-file.ts';

const busWith = async (events: number): Promise<InMemoryBus> => {
  const bus = new InMemoryBus();
  await bus.ensureTopics(Object.values(TOPICS), 'create', LOCAL_PARTITIONS);
  const records = Array.from({ length: events }, (_, n) => ({ key: `u${n}`, value: `{"n":${n}}` }));
  await bus.send(records.map((record) => ({ topic: TOPICS.track.name, ...record })));
  return bus;
};

const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(KeptFileError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe('savedBus', () => {
  let folder: string;
  const file = (name: string): string => join(folder, name);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cio-saved-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps what the bus holds in a file for this user alone, and leaves nothing beside it', async () => {
    savedBus(folder).save(await busWith(3));
    expect([readdirSync(folder), statSync(file('bus.jsonl')).mode & 0o777]).toEqual([['bus.jsonl'], 0o600]);
    const bus = new InMemoryBus();
    expect(savedBus(folder).load(bus)).toBe(true);
    expect(bus.waiting(TOPICS.track.name)).toBe(3);
    expect(readdirSync(folder)).toEqual(['bus.jsonl.loaded']);
  });

  it('takes up the file of a start that was cut short, with the rights that it should have', async () => {
    savedBus(folder).save(await busWith(2));
    writeFileSync(file('bus.jsonl'), readFileSync(file('bus.jsonl')), { mode: 0o644 });
    savedBus(folder).load(new InMemoryBus());
    expect(statSync(file('bus.jsonl.loaded')).mode & 0o777).toBe(0o600);
    const bus = new InMemoryBus();
    expect(savedBus(folder).load(bus)).toBe(true);
    expect(bus.waiting(TOPICS.track.name)).toBe(2);
  });

  it('has nothing where nothing was kept', () => {
    expect(savedBus(folder).load(new InMemoryBus())).toBe(false);
  });

  it('takes up a file of before lines were counted', async () => {
    const text = (await busWith(2)).snapshot().replace(/,"lines":\d+/, '');
    expect(text).toMatch(/^\{"kind":"log","version":1\}\n/);
    writeFileSync(file('bus.jsonl'), text);
    expect(savedBus(folder).load(new InMemoryBus())).toBe(true);
  });

  const DAMAGE: readonly [string, (text: string) => string | Buffer, string][] = [
    ['is empty', () => '', 'it is empty'],
    ['has blank lines only', () => '\n\n', 'was cut'],
    ['is no text', () => Buffer.from([0xff, 0xfe, 0, 1]), 'it is no UTF-8 text'],
    ['is zeros', (text) => Buffer.alloc(text.length), 'line 1'],
    ['is other text', () => 'hello\n', 'line 1'],
    ['is other JSON', () => '{"a":1}\n', 'line 1'],
    ['is of a later version', (text) => text.replace('"version":1', '"version":2'), 'line 1'],
    ['ends within a line', (text) => text.slice(0, -5), 'line 8'],
    [
      'lacks its last line',
      (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`,
      'it has 7 of 8 lines',
    ],
    ['lacks its first line', (text) => text.slice(text.indexOf('\n') + 1), 'line 1'],
    ['has a line of an unknown kind', (text) => text.replace('"kind":"record"', '"kind":"x"'), 'line 4'],
    [
      'has a record without its topic',
      (text) => text.replaceAll('"kind":"topic"', '"kind":"group"'),
      'line 2',
    ],
  ];

  it.each(DAMAGE)('says so where the file %s, and leaves it as it is', async (_what, damage, words) => {
    savedBus(folder).save(await busWith(3));
    const text = readFileSync(file('bus.jsonl'), 'utf8');
    for (const name of ['bus.jsonl', 'bus.jsonl.loaded']) {
      const damaged = damage(text);
      rmSync(file('bus.jsonl'), { force: true });
      writeFileSync(file(name), damaged);
      const message = messageOf(() => savedBus(folder).load(new InMemoryBus()));
      expect(message).toContain(
        `${file(name)} (events kept from a stop to the next start) cannot be taken up`,
      );
      expect(message).toContain(words);
      expect(message).toContain('move it away to start without it');
      expect(message).not.toContain('\n');
      expect(readFileSync(file(name))).toEqual(Buffer.from(damaged));
      renameSync(file(name), file('away'));
    }
  });

  it('says so where a file cannot be read', () => {
    mkdirSync(file('bus.jsonl'));
    expect(messageOf(() => savedBus(folder).load(new InMemoryBus()))).toMatch(
      /bus\.jsonl \(events .*\) cannot be read, EISDIR: it must be a file: move the folder of that name away$/,
    );
  });

  it('counts what it could not save, and leaves what was there', async () => {
    const bus = await busWith(5);
    await bus.send([{ topic: TOPICS.dlq.name, key: null, value: '{}' }]);
    mkdirSync(file('bus.jsonl'));
    writeFileSync(file('bus.jsonl.loaded'), 'kept');
    const message = messageOf(() => savedBus(folder).save(bus));
    expect(message).toMatch(/bus\.jsonl \(events .*\) cannot be written, EISDIR: /);
    expect(message).toContain('; not saved are undelivered events: 5, dead letters: 1');
    expect(readdirSync(folder).toSorted()).toEqual(['bus.jsonl', 'bus.jsonl.loaded']);
    expect(existsSync(file('bus.jsonl.new'))).toBe(false);
  });
});
