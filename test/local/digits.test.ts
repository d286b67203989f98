import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, eventually, startFile } from '../support/child.ts';

const LIMIT_MS = 30_000;
/** What no double keeps, as it is written. */
const WHOLE = '12345678901234567890';
const DECIMAL = '0.12345678901234567891';
const EXPONENT = '-1.25e-999';

describe('numbers through npm start', () => {
  let folder: string;
  let running: Child | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cio-digits-'));
  });
  afterEach(async () => {
    await running?.kill();
    running = undefined;
    rmSync(folder, { recursive: true });
  });

  it(
    'arrive at Customer.io with the digits that were sent, whatever stands beside them',
    async () => {
      running = await startFile('app/local/main.ts', { PORT: '0', LOG_LEVEL: 'warn' }, folder);
      const { url } = running;
      const deep = `${'['.repeat(20_000)}${WHOLE}${']'.repeat(20_000)}`;
      const items = [
        `{"type":"identify","userId":"u1","traits":{"points":${WHOLE},"rate":${DECIMAL},"plan":"pro"}}`,
        `{"type":"track","userId":"u1","event":"x","properties":{"deep":${deep}}}`,
        `{"type":"track","userId":"u1","event":"x","messageId":${WHOLE},"properties":{"list":[${WHOLE},{"n":${EXPONENT}}]}}`,
        `{"type":"group","userId":"u1","groupId":${WHOLE},"traits":{"seats":${WHOLE}}}`,
      ];
      const response = await fetch(`${url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('local:')}`, 'content-type': 'application/json' },
        body: `{"batch":[${items}]}`,
      });
      expect(await response.json()).toMatchObject({ accepted: 3, rejected: 1 });
      const person = async (): Promise<string> =>
        (await fetch(`${url}/fake-customerio/_control/people/u1`)).text();
      await eventually(
        () => running?.output() ?? '',
        async () => (await person()).includes('"object_id"'),
        10_000,
      );
      const page = await person();
      expect(page).toContain(`"attributes":{"points":${WHOLE},"rate":${DECIMAL},"plan":"pro"}`);
      expect(page).toContain(`"attributes":{"list":[${WHOLE},{"n":${EXPONENT}}]}`);
      expect(page).toContain(`"object_id":"${WHOLE}"`);
      const trace = await fetch(`${url}/trace/${WHOLE}`);
      expect(await trace.text()).toContain(`"messageId":"${WHOLE}"`);
    },
    LIMIT_MS,
  );
});
