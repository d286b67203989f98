import type { ConfigFor } from '../contract/env.ts';
import type { TrackCredential } from '../customerio/rotating-track-client.ts';
import type { Credential } from '../delivery/credential.ts';
import type { SecretFiles } from '../runtime/config/secret-files.ts';

type Config = Pick<ConfigFor<'track-worker'>, 'customerioSiteId' | 'customerioTrackApiKey'>;

/** The Track API's credential, both for who sends and for the worker. */
export interface RotatingCredential extends Credential {
  /** Its values; undefined while one of them is unset. */
  current(): TrackCredential | undefined;
}

/**
 * The Track API's credential of a configuration: site id and API key, set only together.
 *
 * @param files where the two are read again; without, they never change
 */
export const trackCredential = (config: Config, files?: SecretFiles): RotatingCredential => {
  const { customerioSiteId, customerioTrackApiKey } = config;
  const current = (): TrackCredential | undefined => {
    const [siteId, apiKey] = [customerioSiteId.current, customerioTrackApiKey.current];
    return siteId === undefined || apiKey === undefined ? undefined : { siteId, apiKey };
  };
  return {
    current,
    get isSet() {
      return current() !== undefined;
    },
    refused: () => void files?.refresh(),
    onChange: (listener) => {
      const own = (changed: readonly unknown[]): boolean =>
        changed.includes(customerioSiteId) || changed.includes(customerioTrackApiKey);
      return files?.onChange((changed) => own(changed) && listener()) ?? (() => undefined);
    },
  };
};
