import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { webhookColumns } from '../../tools/webhook-columns.ts';

it('docs/webhook-columns.md is current; `node tools/webhook-columns.ts --write` renews it', () => {
  const page = join(import.meta.dirname, '../../docs/webhook-columns.md');
  expect(readFileSync(page, 'utf8')).toBe(webhookColumns());
});
