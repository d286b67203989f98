import { type SecretManagerCode, SecretManagerError } from './port.ts';
import { type Answer, isPassing } from './rest-client.ts';

/** What was tried, for the words of an error. */
export interface Attempt {
  /** Such as `add a version to`. */
  readonly what: string;
  readonly secretId: string;
  readonly project: string;
  /** The least role that allows it. */
  readonly role: string;
}

/** Google's words for an error, where they are of the documented form; its free text is left out: it may repeat what was sent. */
const wordsOf = (body: unknown): { readonly status: string; readonly reasons: readonly string[] } => {
  const error = (body as { error?: { status?: unknown; details?: unknown } } | null | undefined)?.error;
  const details = Array.isArray(error?.details) ? (error.details as ({ reason?: unknown } | null)[]) : [];
  const words = [error?.status, ...details.map((detail) => detail?.reason)].map((word) =>
    typeof word === 'string' && /^[A-Z_]{1,64}$/.test(word) ? word : '',
  );
  return { status: words[0] ?? '', reasons: words.slice(1).filter((word) => word !== '') };
};

/**
 * An answer that is no success, in plain words with what to do next.
 *
 * @example faultOf({ status: 404, body: {} }, attempt).code // 'not_found'
 */
export const faultOf = ({ status, body, cause }: Answer, attempt: Attempt): SecretManagerError => {
  const { what, secretId, project, role } = attempt;
  const words = wordsOf(body);
  const fault = (code: SecretManagerCode, message: string) =>
    new SecretManagerError(code, message, { cause });
  if (status === 0) return fault('unavailable', 'Secret Manager cannot be reached: check the network');
  if (status === 401) {
    const next = 'run `gcloud auth application-default login`';
    return fault('no_credentials', `Google does not accept the credentials: ${next}`);
  }
  if (status === 403 && words.reasons.includes('SERVICE_DISABLED')) {
    return fault(
      'api_disabled',
      `the Secret Manager API is off where these credentials are billed: run \`gcloud services enable secretmanager.googleapis.com --project ${project}\` and, with an account of your own, \`gcloud auth application-default set-quota-project ${project}\``,
    );
  }
  if (status === 403) {
    const next = `ask for ${role} on it, and check the project`;
    return fault('not_allowed', `not allowed to ${what} secret ${secretId} in project ${project}: ${next}`);
  }
  if (status === 404) {
    const next = 'deploy first, or check the project and the prefix';
    return fault('not_found', `there is no secret ${secretId} in project ${project}: ${next}`);
  }
  if (isPassing(status)) {
    const next = 'nothing is wrong here, try again in some minutes';
    return fault('unavailable', `Secret Manager answers ${status}, also when asked again: ${next}`);
  }
  const answer = [status, words.status, ...words.reasons].filter(Boolean).join(' ');
  return fault(
    'refused',
    `Secret Manager refuses to ${what} secret ${secretId} in project ${project}: ${answer}`,
  );
};
