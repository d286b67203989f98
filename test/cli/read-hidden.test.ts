import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { readHidden } from '../../app/cli/read-hidden.ts';

/** A terminal that notes what happens to it, in order. */
const fakeTerminal = (): { input: PassThrough & { isTTY: true }; output: PassThrough; events: string[] } => {
  const events: string[] = [];
  const setRawMode = (raw: boolean): void => {
    events.push(raw ? 'echo off' : 'echo on');
  };
  const input = Object.assign(new PassThrough(), { isTTY: true as const, setRawMode });
  const output = new PassThrough();
  output.on('data', (chunk) => events.push(String(chunk)));
  return { input, output, events };
};

describe('readHidden at a terminal', () => {
  it('turns the echo off before it asks and on again after, and writes nothing but the question', async () => {
    const { input, output, events } = fakeTerminal();
    const read = readHidden({ input, output }, 'value: ', false, 100);
    input.write('s3cr3t\r');
    expect(String(await read)).toBe('s3cr3t');
    await new Promise(setImmediate);
    expect(events).toEqual(['echo off', 'value: ', 'echo on', '\n']);
  });

  it('ends several lines with an empty one, or with Ctrl-D', async () => {
    for (const end of ['\r', '\u0004']) {
      const { input, output } = fakeTerminal();
      const read = readHidden({ input, output }, 'values: ', true, 100);
      input.write(`a=1\rb=2\r${end}`);
      expect(String(await read)).toBe('a=1\nb=2');
    }
  });

  it('turns the echo on again when it is cancelled', async () => {
    const { input, output, events } = fakeTerminal();
    const read = readHidden({ input, output }, 'value: ', false, 100);
    input.write('s3c\u0003');
    await expect(read).rejects.toThrow('cancelled: nothing was written');
    expect(events).toContain('echo on');
  });
});

describe('readHidden from a pipe', () => {
  it('asks nothing and takes all bytes as they are', async () => {
    const output = new PassThrough();
    const input = Readable.from([Buffer.from([0xc3]), Buffer.from([0xbc, 0x0a])]);
    expect([...(await readHidden({ input, output }, 'value: ', false, 100))]).toEqual([0xc3, 0xbc, 0x0a]);
    expect(output.readableLength).toBe(0);
  });

  it('stops reading once there is too much', async () => {
    let made = 0;
    const endless = function* (): Generator<Buffer> {
      for (;;) {
        made += 1;
        yield Buffer.alloc(10);
      }
    };
    const input = Readable.from(endless(), { highWaterMark: 1 });
    const bytes = await readHidden({ input, output: new PassThrough() }, '', false, 100);
    expect(bytes.length).toBeGreaterThan(100);
    expect(made).toBeLessThan(30);
  });
});
