/** Why a stream did not take a message, and whether the same message may be taken later. */
const CODES = {
  too_large: { canRetry: false },
  refused: { canRetry: false },
  full: { canRetry: true },
  late: { canRetry: true },
  unavailable: { canRetry: true },
  closed: { canRetry: true },
} as const;

export type StreamErrorCode = keyof typeof CODES;

/**
 * A message that may not be stored. `too_large` and `refused` stay so until somebody changes something; `full`, `late`,
 * `unavailable` and `closed` may pass.
 */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: StreamErrorCode;
  readonly canRetry: boolean;

  constructor(code: StreamErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.canRetry = CODES[code].canRetry;
  }
}
