import { describe, expect, it } from '@jest/globals';
import { deadLetterHeaders } from '../../app/contract/dead-letter.ts';

const facts = {
  topic: 'customerio.track',
  code: 'refused',
  stage: 'deliver',
  message: 'name: ungültig',
  attempts: 3,
  correlationId: 'c1',
  redriveCount: 2,
} as const;

describe('deadLetterHeaders', () => {
  it('writes the partition as 4 and offset and timestamp as 8 bytes, big-endian', () => {
    const origin = { partition: 258, offset: 4_294_967_298, timestamp: 1_767_225_600_123, group: 'g' };
    const headers = deadLetterHeaders({ ...facts, origin });
    expect(headers['kafka_dlt-original-partition']).toEqual(Buffer.from('00000102', 'hex'));
    expect(headers['kafka_dlt-original-offset']).toEqual(Buffer.from('0000000100000002', 'hex'));
    const at = headers['kafka_dlt-original-timestamp'] as Buffer;
    expect(at).toHaveLength(8);
    expect(at.readBigInt64BE()).toBe(1_767_225_600_123n);
    expect(headers['kafka_dlt-original-consumer-group']).toBe('g');
  });

  it('writes everything else as text', () => {
    expect(deadLetterHeaders(facts)).toEqual({
      'kafka_dlt-original-topic': 'customerio.track',
      'kafka_dlt-exception-fqcn': 'customerio.platform.DeadLetter.refused',
      'kafka_dlt-exception-message': 'name: ungültig',
      'cio-error-code': 'refused',
      'cio-error-stage': 'deliver',
      'cio-attempts': '3',
      'cio-correlation-id': 'c1',
      'cio-redrive-count': '2',
    });
  });

  it('has no coordinates where the record never had any', () => {
    const names = Object.keys(deadLetterHeaders({ ...facts, stage: 'ingest' }));
    expect(names).not.toContain('kafka_dlt-original-partition');
    expect(names).not.toContain('kafka_dlt-original-offset');
    expect(names).not.toContain('kafka_dlt-original-consumer-group');
  });
});
