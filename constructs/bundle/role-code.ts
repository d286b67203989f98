/** A role's code and its source map, as texts; the code does not name the map yet. */
export interface RoleCode {
  readonly code: string;
  readonly map: string;
  /** The largest packages in it; unknown where it was built elsewhere. */
  readonly largest?: string;
}

const POINTER = /\/\/# sourceMappingURL=[^\n]*\n?$/;

/**
 * The code with a last line that names its map, as Node (`--enable-source-maps`) and debuggers read it. The line comes after the
 * hash was taken: the map's name holds the hash.
 *
 * @example withPointer('run();\n', 'ingest.mjs.map') // 'run();\n//# sourceMappingURL=ingest.mjs.map\n'
 */
export const withPointer = (code: string, mapName: string): string =>
  `${code}//# sourceMappingURL=${mapName}\n`;

/** Undoes {@link withPointer}. */
export const withoutPointer = (code: string): string => code.replace(POINTER, '');
