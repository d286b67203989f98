import { X509Certificate } from 'node:crypto';
import { TOPICS } from '../../app/contract/topics.ts';
import type { KafkaProps, ManagedKafkaProps, SaslProps } from '../props/kafka-props.ts';
import type { Settings } from '../settings/settings.ts';
import { SERVER_ADDRESS } from './addresses.ts';
import type { Faults, Rule } from './faults.ts';
import {
  boolean,
  exceeds,
  oneOf,
  product,
  RFC1035_NAME,
  SERVICE_ACCOUNT_EMAIL,
  text,
  wholeNumber,
} from './rules.ts';

const SCOPE = text(
  /^[!#-[\]-~]+( [!#-[\]-~]+)*$/,
  'a scope, without quotes and without white space at its ends',
);
/** What the roles read back: comma separated pairs, without white space at the end. */
const EXTENSION = text(
  /^[\x20-\x2b\x2d-\x7e]*[\x21-\x2b\x2d-\x7e]$/,
  'plain text without a comma or a space at its end',
);
const EXTENSION_KEY = text(/^(?!auth$)[A-Za-z]+$/, 'letters only, and not auth');
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
  const isShort = typeof value === 'string' && value.length <= MOST_CA_CHARACTERS;
  const isBare = isShort && value.replace(CERTIFICATE, '').trim() === '';
  return isBare && all.length > 0 && all.every(isCertificate)
    ? undefined
    : `must be certificates in PEM and nothing else, at most ${MOST_CA_CHARACTERS} characters`;
};

const tokenUrl: Rule = (value) => {
  const url = typeof value === 'string' && !/\s/.test(value) ? URL.parse(value) : null;
  return url?.protocol === 'https:' && url.username === '' && url.password === ''
    ? undefined
    : 'must be an https address without user name and password';
};

const validateExtensions = (sasl: SaslProps, faults: Faults): void => {
  if (sasl.extensions === undefined) return;
  const entries = Object.entries(sasl.extensions);
  if (entries.length === 0) faults.add('kafka.sasl.extensions', 'must have at least one', sasl.extensions);
  for (const [key, value] of entries) {
    faults.check(`kafka.sasl.extensions, the key ${key}`, key, EXTENSION_KEY);
    faults.required(`kafka.sasl.extensions.${key}`, value, EXTENSION);
  }
};

const validateSasl = (sasl: SaslProps, faults: Faults): void => {
  faults.required(
    'kafka.sasl.mechanism',
    sasl.mechanism,
    oneOf('plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'),
  );
  faults.checkHidden('kafka.sasl.tokenUrl', sasl.tokenUrl, tokenUrl);
  faults.check('kafka.sasl.scope', sasl.scope, SCOPE);
  validateExtensions(sasl, faults);
  if (sasl.mechanism !== 'oauthbearer' && sasl.tokenUrl !== undefined)
    faults.add('kafka.sasl.tokenUrl', 'belongs to the mechanism oauthbearer', sasl.mechanism);
  if (sasl.tokenUrl !== undefined) return;
  for (const name of ['scope', 'extensions'] as const) {
    if (sasl[name] !== undefined) faults.add(`kafka.sasl.${name}`, 'needs kafka.sasl.tokenUrl', sasl[name]);
  }
};

const validateBrought = (kafka: KafkaProps, faults: Faults): void => {
  faults.known('kafka.bootstrapServers', kafka.bootstrapServers);
  faults.each('kafka.bootstrapServers', kafka.bootstrapServers, SERVER_ADDRESS);
  faults.known('kafka.tls', kafka.tls);
  faults.check('kafka.tls', kafka.tls, boolean);
  faults.checkHidden('kafka.ca', kafka.ca, certificates);
  if (kafka.ca !== undefined && kafka.tls === false)
    faults.addHidden('kafka.ca', 'needs TLS, but kafka.tls is false', kafka.ca);
  if (kafka.sasl !== undefined) validateSasl(kafka.sasl, faults);
};

const validateRetention = (managed: ManagedKafkaProps, settings: Settings, faults: Faults): void => {
  for (const [topic, days] of Object.entries(managed.retentionDays ?? {})) {
    const prop = `kafka.managed.retentionDays.${topic}`;
    if (!Object.hasOwn(TOPICS, topic))
      faults.add(prop, `is no topic; there are ${Object.keys(TOPICS).join(', ')}`, days);
    else {
      faults.known(prop, days);
      faults.check(prop, days, wholeNumber(1, MOST_RETENTION_DAYS));
    }
  }
  const { dlq, identify, track } = settings.kafka.retentionDays;
  if (exceeds(identify, dlq) || exceeds(track, dlq)) {
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
  faults.known('kafka.managed.memoryGib', managed.memoryGib);
  faults.known('kafka.managed.producers', managed.producers);
  faults.known('kafka.managed.readers', managed.readers);
  faults.check('kafka.managed.memoryGib', managed.memoryGib, wholeNumber(3, 8000));
  if (exceeds(vcpus, memoryGib) || exceeds(memoryGib, product(vcpus, 8))) {
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
  faults.check('kafka.managed.bootstrapAddress', managed.bootstrapAddress, SERVER_ADDRESS);
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
      faults.addHidden(`kafka.${name}`, 'is for brokers of one’s own, not for kafka.managed', kafka[name]);
  }
};
