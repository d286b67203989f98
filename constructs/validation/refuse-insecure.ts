import type { CustomerIoIntegrationProps, PresetName } from '../props/integration-props.ts';
import { PRESETS } from '../settings/presets.ts';
import type { Settings } from '../settings/settings.ts';
import type { Faults } from './faults.ts';

const READABLE_CREDENTIALS =
  'must not be false outside dev together with kafka.sasl, whose password or token could be read on the way: leave kafka.tls out, and let the brokers take TLS';
const READABLE_EVENTS =
  'must not be false outside dev without network, since events could be read on the internet: leave kafka.tls out, or give network.existingVpc or network.vpcProps';

/** An environment of another preset's name is not dev, whatever its preset: that must not be the way around these rules. */
const isDev = (environment: string, preset: PresetName): boolean =>
  preset === 'dev' && (environment === 'dev' || !Object.keys(PRESETS).includes(environment));

/** Refuses props that are fine one by one and insecure together. In dev they are allowed. */
export const refuseInsecure = (
  { environment, kafka, network }: CustomerIoIntegrationProps,
  { preset }: Settings,
  faults: Faults,
): void => {
  if (isDev(environment, preset) || kafka?.managed !== undefined || kafka?.tls !== false) return;
  const isPrivate = network?.existingVpc !== undefined || network?.vpcProps !== undefined;
  if (kafka.sasl !== undefined) faults.add('kafka.tls', READABLE_CREDENTIALS, kafka.tls);
  else if (!isPrivate) faults.add('kafka.tls', READABLE_EVENTS, kafka.tls);
};
