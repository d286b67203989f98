import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ConfigFor } from '../../app/contract/env.ts';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import { SecretFiles } from '../../app/runtime/config/secret-files.ts';
import { secretsIn } from '../../app/runtime/config/secret-setting.ts';
import { createMetrics, type Metrics } from '../../app/runtime/metrics.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const VALUE = 'sesame-open';

let directory: string;
let config: ConfigFor<'ingest'>;
let files: SecretFiles;
let logger: RecordingLogger;
let metrics: Metrics;
let now: number;

const put = (text: string): void => writeFileSync(join(directory, 'keys'), text);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'secrets-'));
  put(`shop=${VALUE}`);
  config = parseConfig('ingest', {
    KAFKA_BROKERS: 'a:9092',
    INGEST_WRITE_KEYS_FILE: join(directory, 'keys'),
  });
  logger = new RecordingLogger();
  metrics = createMetrics();
  now = 0;
  files = new SecretFiles(secretsIn(config), { logger, metrics, now: () => now });
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('SecretFiles, where the placeholder follows a value,', () => {
  it.each(['unset', 'unset\n', 'shop=unset', 'shop=unset\napp=unset'])(
    'keeps the value for %j, and warns once until that changes',
    async (placeholder) => {
      const heard: unknown[] = [];
      files.onChange((changed) => heard.push(changed));
      put(placeholder);
      for (let reads = 0; reads < 3; reads += 1) {
        now += 300_000;
        await files.refresh();
      }
      expect(config.ingestWriteKeys).toMatchObject({
        state: 'set',
        current: [{ source: 'shop', key: VALUE }],
      });
      expect(heard).toEqual([]);
      const [warning, ...more] = logger.of('secret.placeholder');
      expect(more).toEqual([]);
      expect(warning).toMatchObject({
        level: 'warn',
        fields: { setting: 'INGEST_WRITE_KEYS', secret: 'ingest-write-keys', keeps: 'the last good value' },
      });
      expect(warning?.fields['rule']).toMatch(
        /^the newest version is the placeholder; .*`cio-platform secrets status`/,
      );
      const text = await metrics.text();
      expect(text).toContain('secrets_behind_placeholder 1');
      expect(text).toContain('secret_placeholder_total{setting="INGEST_WRITE_KEYS"} 3');
      expect(text).toContain('secrets_unset 0');
      expect(JSON.stringify(logger.lines)).not.toContain(VALUE);
    },
  );

  it('warns again after a value or a fault came between', async () => {
    for (const [index, between] of ['shop=k1', 'shop=k2', 'torn'].entries()) {
      put('unset');
      await files.refresh();
      expect(logger.of('secret.placeholder')).toHaveLength(index + 1);
      put(between);
      await files.refresh();
      expect(await metrics.text()).toContain('secrets_behind_placeholder 0');
    }
    expect(config.ingestWriteKeys.current).toEqual([{ source: 'shop', key: 'k2' }]);
  });
});
