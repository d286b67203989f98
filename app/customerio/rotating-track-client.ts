import type { ApiAnswer, TrackApi } from './port.ts';
import { createTrackClient, type TrackClientOptions } from './track-client.ts';

/** Who sends to the Track API. */
export type TrackCredential = Pick<TrackClientOptions, 'siteId' | 'apiKey'>;

/** What a call is answered while there is no credential: it was not sent. */
const NOT_SENT: ApiAnswer = { fault: 'credential_unset' };

const NOBODY: TrackApi = {
  batch: async () => NOT_SENT,
  entity: async () => NOT_SENT,
  trackAnonymous: async () => NOT_SENT,
  reportMetric: async () => NOT_SENT,
};

/**
 * A Track API client whose credential may change: the SDK takes it once, so that each new one gets a client of its own.
 *
 * @param credential asked at each call; while undefined, calls are answered with the fault `credential_unset` and not sent
 * @example rotatingTrackClient(() => ({ siteId, apiKey }), { region: 'eu', timeoutMs: 10_000, connections: 6 })
 */
export const rotatingTrackClient = (
  credential: () => TrackCredential | undefined,
  options: Omit<TrackClientOptions, keyof TrackCredential>,
): TrackApi => {
  let made: { readonly by: TrackCredential; readonly client: TrackApi } | undefined;
  const client = (): TrackApi => {
    const by = credential();
    if (by === undefined) return NOBODY;
    if (made?.by.siteId !== by.siteId || made.by.apiKey !== by.apiKey) {
      made = { by, client: createTrackClient({ ...options, ...by }) };
    }
    return made.client;
  };
  return {
    batch: (operations) => client().batch(operations),
    entity: (operation) => client().entity(operation),
    trackAnonymous: (anonymousId, event) => client().trackAnonymous(anonymousId, event),
    reportMetric: (report) => client().reportMetric(report),
  };
};
