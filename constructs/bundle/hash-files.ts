import { createHash } from 'node:crypto';

const HASH_CHARACTERS = 16;

/**
 * A name for contents: the first 16 hexadecimal characters of SHA-256 over names and contents. Each is framed by its length, so that
 * no byte can move from a name to a content or from one file to the next without another hash.
 *
 * @param files name to content; their order counts
 * @example hashFiles([['ingest.mjs', 'run();\n']]) // '8dce33eee1f01705'
 */
export const hashFiles = (files: readonly (readonly [name: string, content: string])[]): string => {
  const hash = createHash('sha256');
  for (const part of files.flat()) {
    const bytes = Buffer.from(part);
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex').slice(0, HASH_CHARACTERS);
};
