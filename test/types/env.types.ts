import type { ConfigFor, EnvFor, WriteKey } from '../../app/contract/env.ts';
import type { Secret } from '../../app/contract/secrets.ts';

/** What a container of each role may be given; the lines that must not compile are marked. */
export const ingestEnv: EnvFor<'ingest'> = { KAFKA_BROKERS: 'a:9092', INGEST_WRITE_KEYS_FILE: '/keys' };

export const workerEnv: EnvFor<'track-worker'> = {
  KAFKA_BROKERS: 'a:9092',
  CUSTOMERIO_REGION: 'eu',
  CUSTOMERIO_SITE_ID_FILE: '/site',
  CUSTOMERIO_TRACK_API_KEY_FILE: '/key',
  TRACK_LANES: '8',
};

// @ts-expect-error a required name is missing
export const withoutBrokers: EnvFor<'ingest'> = { INGEST_WRITE_KEYS_FILE: '/keys' };

/** Where Cloud Run decides who may send, there are no write keys. */
export const byIam: EnvFor<'ingest'> = { KAFKA_BROKERS: 'a:9092', INGEST_ACCESS: 'iam' };

// @ts-expect-error a name of another role
export const foreignName: EnvFor<'ingest'> = { ...ingestEnv, TRACK_LANES: '8' } satisfies EnvFor<'ingest'>;

// @ts-expect-error a secret's value instead of its file
export const plainSecret: EnvFor<'ingest'> = { KAFKA_BROKERS: 'a:9092', INGEST_WRITE_KEYS: 'shop=k1' };

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** True only if each setting has the type that it is read as. */
export const reads: readonly true[] = [
  true satisfies Same<ConfigFor<'ingest'>['port'], number>,
  true satisfies Same<ConfigFor<'ingest'>['kafkaTls'], boolean>,
  true satisfies Same<ConfigFor<'ingest'>['kafkaBrokers'], readonly string[]>,
  true satisfies Same<ConfigFor<'local'>['kafkaBrokers'], readonly string[] | undefined>,
  true satisfies Same<ConfigFor<'local'>['localHosts'], readonly string[] | undefined>,
  true satisfies Same<ConfigFor<'track-worker'>['customerioRegion'], 'us' | 'eu'>,
  true satisfies Same<ConfigFor<'track-worker'>['customerioTrackUrl'], string | undefined>,
  true satisfies Same<ConfigFor<'ingest'>['ingestWriteKeys'], Secret<readonly WriteKey[]>>,
  true satisfies Same<ConfigFor<'local'>['customerioSiteId'], Secret<string>>,
  true satisfies Same<ConfigFor<'kafka'>['kafkaSaslPassword'], Secret<string>>,
  // @ts-expect-error a port is no text
  true satisfies Same<ConfigFor<'ingest'>['port'], string>,
];

/** Reads that must not compile. */
export const wrongReads = (ingest: ConfigFor<'ingest'>, local: ConfigFor<'local'>): readonly unknown[] => [
  // @ts-expect-error a setting of another role
  ingest.trackLanes,
  // @ts-expect-error no such setting
  ingest.prot,
  // @ts-expect-error may be unset
  ingest.ingestWriteKeys.current.length,
  // @ts-expect-error may be absent locally
  local.kafkaBrokers.length,
];
