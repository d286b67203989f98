import { synthesize } from '../../stacks/synthesize.ts';
import { placeholderBundle } from '../reference/placeholder-bundle.ts';

// What `stacks/main.ts` does, without esbuild: bundling is not what is measured.
const [, , outdir = 'cdktf.out'] = process.argv;
synthesize({ outdir, bundle: placeholderBundle });
