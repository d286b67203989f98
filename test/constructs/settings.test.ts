import { describe, expect, it } from '@jest/globals';
import { resolveSettings } from '../../constructs/settings/settings.ts';
import { SMALLEST, withFragment } from '../../tools/reference/example-props.ts';

describe('settings', () => {
  it('come from the default where nothing else says so', () => {
    expect(resolveSettings(SMALLEST).ingest.concurrency).toBe(80);
  });

  it('come from the preset of the environment before the default', () => {
    const sizes = ['dev', 'staging', 'prod'].map((environment) => {
      const { deletionProtection, ingest, kafka, trackWorker } = resolveSettings(
        withFragment({ environment }),
      );
      return [
        deletionProtection,
        ingest.minInstances,
        ingest.maxInstances,
        trackWorker.instances,
        kafka.partitions,
      ];
    });
    expect(sizes).toEqual([
      [false, 0, 2, 1, 6],
      [true, 1, 5, 1, 6],
      [true, 2, 20, 2, 12],
    ]);
  });

  it('come from the props before the preset', () => {
    const props = withFragment({
      environment: 'prod',
      deletionProtection: false,
      kafka: { managed: { vcpus: 9, retentionDays: { track: 5 } }, partitions: 24 },
      ingest: { maxInstances: 3, minInstances: 0 },
    });
    const settings = resolveSettings(props);
    expect(settings.deletionProtection).toBe(false);
    expect(settings.ingest).toMatchObject({ minInstances: 0, maxInstances: 3, memoryMib: 1024 });
    expect(settings.kafka).toMatchObject({ vcpus: 9, memoryGib: 24, partitions: 24 });
    expect(settings.kafka.retentionDays).toEqual({ identify: 7, track: 5, processed: 7, dlq: 30 });
  });

  it('do not take an undefined prop for a value', () => {
    const props = { ...SMALLEST, ingest: { maxInstances: undefined } } as unknown as typeof SMALLEST;
    expect(resolveSettings(props).ingest.maxInstances).toBe(2);
  });

  it('treat an environment that is not known as production, unless a preset is named', () => {
    expect(resolveSettings(withFragment({ environment: 'qa' })).preset).toBe('prod');
    expect(resolveSettings(withFragment({ environment: 'qa', preset: 'dev' })).preset).toBe('dev');
  });
});
