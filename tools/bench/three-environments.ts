import { enableCompileCache } from 'node:module';

// What `stacks/main.ts` does, without esbuild: bundling is not what is measured.
enableCompileCache();
const { synthesize } = await import('../../stacks/synthesize.ts');
const { placeholderBundle } = await import('../reference/placeholder-bundle.ts');
const [, , outdir = 'cdktf.out'] = process.argv;
synthesize({ outdir, bundle: placeholderBundle });
