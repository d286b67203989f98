import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticate, Identified } from './authenticate.ts';
import { isObject } from './read-json.ts';

/** Characters of a token; Google's have about a thousand. */
const MOST_TOKEN = 8_192;
/** Characters of an e-mail address: RFC 5321, section 4.5.3.1.3, less the angle brackets. */
const MOST_EMAIL = 254;

const BEARER = /^Bearer +(\S+)$/i;
const TOKEN = /^[\w-]+\.([\w-]+)\.([\w-]*)$/;
/** What Cloud Run leaves in the place of the signature of a token that it verified. */
const REMOVED_SIGNATURE = 'SIGNATURE_REMOVED_BY_GOOGLE';
const EMAIL = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const refused = (rule: string): Identified => ({ kind: 'refused', scheme: 'Bearer', rule });

const INSTEAD =
  'send Authorization: Bearer (or X-Serverless-Authorization: Bearer) with an ID token of an account that may invoke this service';

/** What Cloud Run checked: where both headers came, only the first of these, and the other one is the caller's own text. */
const checkedHeader = (headers: IncomingHttpHeaders): string | undefined => {
  const own = headers['x-serverless-authorization'];
  return own === undefined ? headers.authorization : String(own);
};

const claimsOf = (payload: string): Record<string, unknown> | undefined => {
  try {
    const claims: unknown = JSON.parse(utf8.decode(Buffer.from(payload, 'base64url')));
    return isObject(claims) ? claims : undefined;
  } catch {
    // Not UTF-8 or not JSON: either way no claims, and the caller is told the rule.
    return undefined;
  }
};

const senderOf = (token: string, verifiedElsewhere: boolean): Identified => {
  if (token.length > MOST_TOKEN) return refused(`the ID token must have at most ${MOST_TOKEN} characters`);
  const [, payload, signature] = TOKEN.exec(token) ?? [];
  if (payload === undefined) return refused('the ID token must be three parts in base64url, joined by dots');
  const claims = claimsOf(payload);
  if (claims === undefined) return refused('the second part of the ID token must be a JSON object');
  const { email, email_verified: verified } = claims;
  if (typeof email !== 'string' || email.length > MOST_EMAIL || !EMAIL.test(email)) {
    return refused(
      'the ID token must carry an e-mail address: ask for it with --include-email (gcloud), includeEmail (generateIdToken) ' +
        'or format=full (metadata server)',
    );
  }
  if (verified === false) return refused('the e-mail address of the ID token must be verified');
  if (!verifiedElsewhere && signature !== REMOVED_SIGNATURE) {
    return refused(
      'the ID token was not verified by Cloud Run: send it to the address of the Cloud Run service',
    );
  }
  return { kind: 'source', source: email.toLowerCase() };
};

/**
 * Access by IAM: the source is the e-mail address, in lower case, of the ID token that Cloud Run let in.
 *
 * **It does not verify the token, and cannot:** Cloud Run checks signature, audience, expiry and the caller's
 * `roles/run.invoker`, and then replaces the signature with `SIGNATURE_REMOVED_BY_GOOGLE` before the container sees it. A token
 * with another signature was verified by nobody, and is refused. Everybody can write those words, though: whoever reaches the
 * container in another way can claim any address. Use it only behind Cloud Run's own front end with the invoker check on (no
 * `allUsers`, no `invoker_iam_disabled`, no port of the container open to anything else), or behind something else that
 * verifies every token. The settings demand one of the two at start.
 *
 * Of two headers Cloud Run checks `X-Serverless-Authorization` alone, so that one counts here too, also where it is unusable.
 * Source: https://cloud.google.com/run/docs/troubleshooting#signature-removed and
 * https://cloud.google.com/run/docs/authenticating/service-to-service.
 *
 * @param verifiedElsewhere something else than Cloud Run verifies every token before it gets here: its signature may be any
 * @example identityTokenAuthenticator()({ authorization: `Bearer ${token}` }) // { kind: 'source', source: 'shop@acme.iam.gserviceaccount.com' }
 */
export const identityTokenAuthenticator =
  (verifiedElsewhere = false): Authenticate =>
  (headers) => {
    const header = checkedHeader(headers);
    if (header === undefined) return refused(`needs an ID token: ${INSTEAD}`);
    if (/^Basic\b/i.test(header)) return refused(`write keys are not taken here: ${INSTEAD}`);
    const token = BEARER.exec(header)?.[1];
    return token === undefined
      ? refused(`needs an ID token: ${INSTEAD}`)
      : senderOf(token, verifiedElsewhere);
  };
