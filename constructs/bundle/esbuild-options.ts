import type { BuildOptions } from 'esbuild';

/** The name within the result; nothing is written. */
export const OUTFILE = 'role.mjs';

const SLIM = './constructs/bundle/slim';

/** CommonJS packages within an ES module still ask for these. */
const BANNER = [
  "import { createRequire as createRequire$ } from 'node:module';",
  'const require = createRequire$(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('\n');

/** Packages of which the roles use a small part: what stands for them, and why, is said in each file. */
const STAND_INS = {
  'node:http': `${SLIM}/node-http.cjs`,
  'iconv-lite': `${SLIM}/iconv-lite.cjs`,
  'mime-db': `${SLIM}/mime-db.json`,
  qs: `${SLIM}/qs.cjs`,
  undici: `${SLIM}/undici.mjs`,
  'undici/lib': 'undici/lib',
};

/** Fall-backs for other Nodes and processors, never reached on Node 24: a parser without SIMD, streams written in JavaScript. */
const UNREACHED = ['*/llhttp/llhttp-wasm.js', 'web-streams-polyfill/*'];

/**
 * How a role becomes one file. Paths are relative to the repository and links are not followed, so that neither code nor map depends
 * on where it was cloned to; the map leaves the sources' texts out, which would make it five times as large.
 *
 * @param root the repository's folder
 * @param entry the role's main file, relative to it
 */
export const esbuildOptions = (root: string, entry: string) =>
  ({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: OUTFILE,
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    preserveSymlinks: true,
    // Neither a configuration file nor a variable of whoever runs it may change the bytes.
    tsconfigRaw: {},
    nodePaths: [],
    define: { 'process.env.JEST_WORKER_ID': 'undefined' },
    banner: { js: BANNER },
    alias: STAND_INS,
    external: UNREACHED,
    logLevel: 'silent',
    logOverride: { 'import-is-undefined': 'error' },
  }) as const satisfies BuildOptions;
