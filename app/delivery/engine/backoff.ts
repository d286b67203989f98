/** How long to wait between tries, in milliseconds. */
export interface BackoffSettings {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Full jitter: a random share of a wait that doubles with each attempt, never less than what the server asked for.
 *
 * @param attempt 1 after the first failure
 * @param askedMs the server's Retry-After, 0 without one
 * @param random from 0 to 1
 * @example backoffMs({ baseMs: 200, capMs: 30_000 }, 3, 0, 0.5) // 400
 */
export const backoffMs = (
  settings: BackoffSettings,
  attempt: number,
  askedMs: number,
  random: number,
): number => Math.max(askedMs, random * Math.min(settings.capMs, settings.baseMs * 2 ** (attempt - 1)));
