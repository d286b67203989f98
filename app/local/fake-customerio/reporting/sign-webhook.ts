import { createHmac } from 'node:crypto';

/**
 * The headers of a signed webhook (contract, section 7): lower-case hex HMAC-SHA256 of `v0:<timestamp>:<raw body>`.
 *
 * @param timestamp seconds since 1970
 * @example signWebhook('{}', 1760000000, 'key')['X-CIO-Signature'] // 64 hex digits
 */
export const signWebhook = (
  body: string,
  timestamp: number,
  signingKey: string,
): Readonly<Record<'X-CIO-Timestamp' | 'X-CIO-Signature', string>> => ({
  'X-CIO-Timestamp': String(timestamp),
  'X-CIO-Signature': createHmac('sha256', signingKey).update(`v0:${timestamp}:`).update(body).digest('hex'),
});
