/** The code of an error of Node's own modules, such as ENOENT. */
export const codeOf = (error: unknown): string =>
  Error.isError(error) && 'code' in error ? String(error.code) : 'unknown';
