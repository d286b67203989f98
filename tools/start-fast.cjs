'use strict';
// Preloaded by `npm run app`, in plain JavaScript so that it comes before the first type is stripped: compiled and stripped code is
// kept from one run to the next. The stack traces that CDKTF notes for each token, which nobody reads, are not put into words;
// errors keep theirs. Together that is about half of the time of a synthesis.
const { enableCompileCache } = require('node:module');

enableCompileCache();
Error.prepareStackTrace = (error, frames) =>
  Error.isError(error) ? [String(error), ...frames.map((frame) => `    at ${frame}`)].join('\n') : '';
