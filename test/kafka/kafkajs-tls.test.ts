import { rootCertificates } from 'node:tls';
import { expect, test } from '@jest/globals';
import { KafkajsBus } from '../../app/kafka/kafkajs-bus.ts';
import { tlsOf } from '../../app/kafka/kafkajs-tls.ts';
import { silentLogger } from '../../app/runtime/logger.ts';

const [first = '', second = ''] = rootCertificates;
const BROKEN = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
const KEY = '-----BEGIN PRIVATE KEY-----\nof-nobody\n-----END PRIVATE KEY-----';

test('without an authority TLS is on, off or not said', () => {
  expect([tlsOf(true), tlsOf(false), tlsOf(undefined)]).toEqual([true, false, undefined]);
});

test('of a text every certificate counts, and nothing else', () => {
  const text = `# the authority\n${first}\n${KEY}\r\n${second}\n`;
  expect(tlsOf({ ca: text })).toEqual({ ca: [first.trim(), second.trim()] });
});

test.each([
  ['', 'KAFKA_CA holds no certificate'],
  ['/etc/ssl/ca.pem', 'KAFKA_CA holds no certificate'],
  [KEY, 'KAFKA_CA holds no certificate'],
  [first.replace('-----END CERTIFICATE-----', ''), 'KAFKA_CA holds no certificate'],
  [`${first}\n${BROKEN}`, 'KAFKA_CA: certificate 2 of 2 cannot be read'],
])('a bus is not made with %j for an authority', (ca, fault) => {
  const make = () =>
    new KafkajsBus({ brokers: ['b:9092'], clientId: 'c', ssl: { ca }, logger: silentLogger });
  expect(make).toThrow(fault);
  expect(make).not.toThrow('of-nobody');
});
