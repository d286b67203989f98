import type { QuarantineReason } from '../contract/quarantine-reasons.ts';
import type { ListenerFault } from './customerio-webhooks.ts';
import type { WebhookEvent } from './reading.ts';
import type { HeaderState, Signature } from './verify-signature.ts';

/** What was wrong with a signature, without the signature. */
export interface SignatureFault {
  readonly headers: Readonly<Record<keyof Signature, HeaderState>>;
  /** How many seconds the timestamp header is behind this clock; undefined where it cannot be read. */
  readonly behindSeconds: number | undefined;
  /** How many keys were tried. */
  readonly keys: number;
}

interface Signed {
  readonly bytes: number;
  /** Which of the keys signed it. */
  readonly keyIndex: number;
}

/** What became of one request. Only the first two are stored. */
export type Outcome =
  | (Signed & {
      readonly kind: 'stored';
      readonly event: WebhookEvent;
      readonly rows: number;
      readonly faults: readonly ListenerFault[];
    })
  | (Signed & {
      readonly kind: 'quarantined';
      readonly reason: QuarantineReason;
      readonly eventId: string | undefined;
    })
  | (Signed & { readonly kind: 'not_stored'; readonly error: Error })
  | { readonly kind: 'bad_signature'; readonly fault: SignatureFault }
  | { readonly kind: 'failed'; readonly error: Error }
  | {
      readonly kind:
        | 'too_large'
        | 'slow'
        | 'full'
        | 'aborted'
        | 'no_key'
        /** A key was added while a body came that was too large to be checked again. */
        | 'keys_changed'
        | 'body_taken'
        | 'method_not_allowed';
    };
