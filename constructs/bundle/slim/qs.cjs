'use strict';
// Stands for qs (48 kB with what it needs) in role bundles: express asks for it only where forms or nested query strings are read,
// and no role reads either.
exports.parse = () => {
  throw new Error('role bundles have no qs: take slim/qs.cjs out of the aliases of constructs/bundle');
};
