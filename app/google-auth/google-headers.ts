import type { GoogleAuth } from 'google-auth-library';

const SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];
const LONGEST_REASON = 200;

const firstLine = (error: unknown): string =>
  Error.isError(error) ? (error.message.split('\n', 1)[0] ?? '').slice(0, LONGEST_REASON) : 'no reason given';

/** Google's application default credentials cannot be had or used; the message says what to do. */
export class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';
}

/**
 * Headers that prove who asks, from Google's application default credentials: `Authorization`, and `x-goog-user-project`
 * where the credentials name a project to bill. Tokens are kept and renewed by the library, which is loaded at the first call.
 * Its own errors are not handed on: they may hold what it sent.
 *
 * @param projectId the project they are used for; given, the library need not look for one by calls of its own
 * @throws NoCredentialsError
 */
export const googleHeaders = (projectId: string): (() => Promise<Headers>) => {
  let auth: GoogleAuth | undefined;
  return async () => {
    const library = await import('google-auth-library');
    auth ??= new library.GoogleAuth({ scopes: SCOPES, projectId });
    try {
      return await auth.getRequestHeaders();
    } catch (error) {
      const reason = firstLine(error);
      throw new NoCredentialsError(
        `no usable Google credentials (${reason}): run \`gcloud auth application-default login\``,
      );
    }
  };
};
