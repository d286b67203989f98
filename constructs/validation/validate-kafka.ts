import { X509Certificate } from 'node:crypto';
import { TOPICS } from '../../app/contract/topics.ts';
import type { KafkaProps, ManagedKafkaProps, SaslProps } from '../props/kafka-props.ts';
import type { Settings } from '../settings/settings.ts';
import type { Faults, Rule } from './faults.ts';
import {
  boolean,
  exceeds,
  object,
  oneOf,
  RFC1035_NAME,
  SERVICE_ACCOUNT_EMAIL,
  text,
  wholeNumber,
} from './rules.ts';

const SERVER = text(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:\d{1,5}$/, 'host:port, such as broker:9092');
const HTTPS = text(/^https:\/\/[^\s]+$/, 'an https address');
const MOST_CA_CHARACTERS = 16_000;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;
const MOST_RETENTION_DAYS = 3650;
const BROUGHT_ONLY = ['tls', 'sasl', 'ca'] as const;

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
};

const certificates: Rule = (value) => {
  const all = (typeof value === 'string' && value.match(CERTIFICATE)) || [];
  const holds = all.length > 0 && all.every(isCertificate) && String(value).length <= MOST_CA_CHARACTERS;
  return holds ? undefined : `must be certificates in PEM, at most ${MOST_CA_CHARACTERS} characters`;
};

const validateSasl = (sasl: SaslProps, faults: Faults): void => {
  faults.required(
    'kafka.sasl.mechanism',
    sasl.mechanism,
    oneOf('plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'),
  );
  faults.check('kafka.sasl.tokenUrl', sasl.tokenUrl, HTTPS);
  if (sasl.mechanism !== 'oauthbearer' && sasl.tokenUrl !== undefined)
    faults.add('kafka.sasl.tokenUrl', 'belongs to the mechanism oauthbearer', sasl.mechanism);
  if (sasl.tokenUrl !== undefined) return;
  for (const name of ['scope', 'extensions'] as const) {
    if (sasl[name] !== undefined) faults.add(`kafka.sasl.${name}`, 'needs kafka.sasl.tokenUrl', sasl[name]);
  }
};

const validateBrought = (kafka: KafkaProps, faults: Faults): void => {
  faults.each('kafka.bootstrapServers', kafka.bootstrapServers, SERVER);
  faults.check('kafka.tls', kafka.tls, boolean);
  faults.check('kafka.ca', kafka.ca, certificates);
  if (kafka.ca !== undefined && kafka.tls === false)
    faults.add('kafka.ca', 'needs TLS, but kafka.tls is false', kafka.ca);
  if (kafka.sasl !== undefined) validateSasl(kafka.sasl, faults);
};

const validateRetention = (managed: ManagedKafkaProps, settings: Settings, faults: Faults): void => {
  for (const [topic, days] of Object.entries(managed.retentionDays ?? {})) {
    const prop = `kafka.managed.retentionDays.${topic}`;
    if (!(topic in TOPICS))
      faults.add(prop, `is no topic; there are ${Object.keys(TOPICS).join(', ')}`, days);
    else faults.check(prop, days, wholeNumber(1, MOST_RETENTION_DAYS));
  }
  const { dlq, identify, track } = settings.kafka.retentionDays;
  if (exceeds(Math.max(identify, track), dlq)) {
    faults.add(
      'kafka.managed.retentionDays.dlq',
      'must be at least as long as those of identify and track',
      dlq,
    );
  }
};

const validateManaged = (managed: ManagedKafkaProps, settings: Settings, faults: Faults): void => {
  const { vcpus, memoryGib, replicationFactor, minInsyncReplicas } = settings.kafka;
  faults.check('kafka.managed.clusterId', managed.clusterId, RFC1035_NAME);
  faults.check('kafka.managed.vcpus', managed.vcpus, wholeNumber(3, 1000));
  faults.check('kafka.managed.memoryGib', managed.memoryGib, wholeNumber(3, 8000));
  if (exceeds(vcpus, memoryGib) || exceeds(memoryGib, vcpus * 8)) {
    faults.add('kafka.managed.memoryGib', `must be 1 to 8 for each of the ${vcpus} virtual CPUs`, memoryGib);
  }
  faults.check('kafka.managed.replicationFactor', managed.replicationFactor, wholeNumber(1, 10));
  faults.check('kafka.managed.minInsyncReplicas', managed.minInsyncReplicas, wholeNumber(1, 10));
  if (exceeds(minInsyncReplicas, replicationFactor)) {
    faults.add(
      'kafka.managed.minInsyncReplicas',
      `must be at most the ${replicationFactor} copies`,
      minInsyncReplicas,
    );
  }
  faults.check('kafka.managed.bootstrapAddress', managed.bootstrapAddress, SERVER);
  faults.check('kafka.managed.conditionalGrant', managed.conditionalGrant, boolean);
  validateRetention(managed, settings, faults);
  if (managed.readers !== undefined)
    faults.each('kafka.managed.readers', managed.readers, SERVICE_ACCOUNT_EMAIL);
  if (managed.producers !== undefined)
    faults.each('kafka.managed.producers', managed.producers, SERVICE_ACCOUNT_EMAIL);
};

/** Kafka: brokers of one's own or a managed cluster, never both. */
export const validateKafka = (kafka: KafkaProps | undefined, settings: Settings, faults: Faults): void => {
  if (kafka === undefined) return faults.add('kafka', 'must have bootstrapServers or managed', kafka);
  faults.check('kafka', kafka, object);
  faults.exclusive('kafka', kafka, 'bootstrapServers', 'managed');
  faults.check('kafka.partitions', kafka.partitions, wholeNumber(1, 1000));
  faults.check('kafka.sessionTimeoutMs', kafka.sessionTimeoutMs, wholeNumber(6_000, 300_000));
  if (kafka.managed === undefined) {
    if (kafka.bootstrapServers === undefined)
      faults.add('kafka', 'must have bootstrapServers or managed', kafka);
    return validateBrought(kafka, faults);
  }
  validateManaged(kafka.managed, settings, faults);
  for (const name of BROUGHT_ONLY) {
    if (kafka[name] !== undefined)
      faults.add(`kafka.${name}`, 'is for brokers of one’s own, not for kafka.managed', kafka[name]);
  }
};
