import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ENVIRONMENTS } from '../../stacks/environments.ts';
import { EnvironmentsError, synthesize } from '../../stacks/synthesize.ts';
import { destroyedBetween, environmentStacks } from '../../tools/reference/environments.ts';
import { placeholderBundle } from '../../tools/reference/placeholder-bundle.ts';
import { SNAPSHOTS } from '../../tools/snapshots.ts';
import { schemaFaults } from '../support/provider-schema.ts';

const stacks = environmentStacks();
const reviewed = new Map(
  readdirSync(SNAPSHOTS).map((file) => [
    file.replace(/\.json$/, ''),
    readFileSync(`${SNAPSHOTS}/${file}`, 'utf8'),
  ]),
);

describe('the environments', () => {
  it('are one stack each', () => {
    expect([...stacks.keys()]).toEqual(
      Object.keys(ENVIRONMENTS)
        .map((name) => `customerio-${name}`)
        .toSorted(),
    );
    expect([...reviewed.keys()].toSorted()).toEqual([...stacks.keys()]);
  });

  it.each([...stacks])('%s keeps every address: another one would destroy the resource', (name, json) => {
    expect(destroyedBetween(reviewed.get(name) ?? '', json)).toEqual([]);
  });

  it.each([...stacks])('%s is as it was reviewed; `npm run snapshots` renews it', (name, json) => {
    expect(JSON.parse(json)).toEqual(JSON.parse(reviewed.get(name) ?? '{}'));
  });

  it.each([...stacks])(
    '%s keeps to the provider’s schema and its state in a bucket of its own',
    (name, json) => {
      const stack = JSON.parse(json);
      expect(schemaFaults(stack)).toEqual([]);
      expect(stack.terraform.backend.gcs).toEqual({
        bucket: expect.stringMatching(/-tfstate$/),
        prefix: name,
      });
    },
  );

  it('would be caught destroying what a changed construct id moves', () => {
    const [[, json] = ['', '']] = stacks;
    const moved = json.replaceAll('customerio_runtime_bucket_', 'customerio_code_bucket_');
    expect(destroyedBetween(json, moved)).toEqual([
      expect.stringContaining('google_storage_bucket.customerio_runtime_bucket_'),
    ]);
  });

  it('hold no path of this machine and no time', () => {
    for (const json of stacks.values()) {
      expect(json).not.toContain(process.cwd());
      expect(json).not.toMatch(/"[^"]*(\/tmp\/|\/home\/|\/root\/)/);
      expect(json).not.toMatch(/\d{4}-\d\d-\d\dT\d\d:/);
    }
  });

  it('tell the faults of all of them together, and write nothing', () => {
    const { dev, prod } = ENVIRONMENTS;
    if (dev === undefined || prod === undefined) throw new Error('dev and prod are missing');
    const environments = {
      dev: { ...dev, location: 'mars' },
      prod: { ...prod, ingest: { maxInstances: 0 } },
    };
    const outdir = mkdtempSync(join(tmpdir(), 'customerio-faults-'));
    const run = (): void => synthesize({ outdir, environments, bundle: placeholderBundle });
    expect(run).toThrow(EnvironmentsError);
    expect(run).toThrow(
      /customerio-dev\/customerio: 1 of its props[\s\S]*customerio-prod\/customerio: 2 of its props/,
    );
    expect(readdirSync(outdir, { recursive: true }).filter((name) => String(name).endsWith('.json'))).toEqual(
      [],
    );
    rmSync(outdir, { recursive: true });
  });

  it('grow by one entry', () => {
    const { dev } = ENVIRONMENTS;
    if (dev === undefined) throw new Error('dev is missing');
    const environments = { qa: { ...dev, environment: 'qa', preset: 'dev' as const } };
    const outdir = mkdtempSync(join(tmpdir(), 'customerio-qa-'));
    expect(() => synthesize({ outdir, environments, bundle: placeholderBundle })).not.toThrow();
    expect(readdirSync(join(outdir, 'stacks'))).toEqual(['customerio-qa']);
    rmSync(outdir, { recursive: true });
  });
});
