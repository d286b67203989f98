/** A role's code that cannot be had: no sources and no prebuilt file, a fault of esbuild, or more bytes than allowed. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}
