/** Google's own. */
export const METADATA_HOST = 'metadata.google.internal';
const WITHIN_MS = 5_000;

const reasonOf = (error: unknown): string => {
  if (!Error.isError(error)) return String(error);
  const { cause, message } = error;
  return Error.isError(cause) && 'code' in cause ? String(cause.code) : message;
};

/**
 * What the metadata server says of the service account that the process runs as.
 *
 * @param what `email`, or `token` as JSON
 * @param host host, or host and port, of the server
 * @throws Error where there is no such server, as off Google Cloud, or it does not know
 * @see https://cloud.google.com/run/docs/container-contract#metadata-server
 */
export const metadataOf = async (what: 'email' | 'token', host: string = METADATA_HOST): Promise<string> => {
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/${what}`;
  const failed = (reason: string): Error =>
    new Error(`no ${what} of the service account from Google’s metadata server: ${reason}`);
  const response = await fetch(url, {
    headers: { 'Metadata-Flavor': 'Google' },
    signal: AbortSignal.timeout(WITHIN_MS),
  }).catch((error: unknown) => {
    throw failed(reasonOf(error));
  });
  if (!response.ok) throw failed(`it answered ${response.status}`);
  return (await response.text()).trim();
};
