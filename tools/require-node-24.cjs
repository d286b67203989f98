'use strict';
// Preloaded by the npm scripts, in plain JavaScript so that an older Node can read it.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `customerio-platform needs Node 24 or newer in this repository, and this is ${process.version}. ` +
      'On Linux and Windows `npm ci` installs it beside the packages; on macOS install Node 24 from https://nodejs.org or with a version manager.',
  );
  process.exit(1);
}
