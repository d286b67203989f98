import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../app/runtime/config/parse-config.ts';
import * as types from './env.types.ts';

describe('the types of the environment', () => {
  it('name what the parser wants, secrets aside, which are files', () => {
    const secrets = { CUSTOMERIO_SITE_ID: 'a', CUSTOMERIO_TRACK_API_KEY: 'b', INGEST_WRITE_KEYS: 'a=b' };
    const plain = ([name]: [string, string]): boolean => !name.endsWith('_FILE');
    const env = (all: object): object => Object.fromEntries(Object.entries(all).filter(plain));
    expect(parseConfig('ingest', { ...env(types.ingestEnv), ...secrets }).port).toBe(8080);
    const cloudRun = { K_SERVICE: 'ingest', K_REVISION: 'ingest-1', K_CONFIGURATION: 'ingest' };
    expect(parseConfig('ingest', { ...types.byIam, ...cloudRun }).ingestWriteKeys.state).toBe('absent');
    expect(parseConfig('track-worker', { ...env(types.workerEnv), ...secrets }).trackLanes).toBe(8);
  });

  it('read each setting as its kind, and refuse the rest when types are checked', () => {
    expect(types.reads).toHaveLength(11);
    const { foreignName, plainSecret, withoutBrokers, wrongReads } = types;
    expect([foreignName, plainSecret, withoutBrokers]).toHaveLength(3);
    const local = parseConfig('local', { KAFKA_BROKERS: 'a:1,b:1' });
    const ingest = parseConfig('ingest', { KAFKA_BROKERS: 'a:1', INGEST_WRITE_KEYS: 'a=b' });
    expect(wrongReads(ingest, local)).toEqual([undefined, undefined, 1, 2]);
  });
});
