'use strict';
// Stands for iconv-lite (493 kB of tables) in role bundles: what express' body readers call, over Node's own decoders.

const isKnown = (encoding) => {
  try {
    return new TextDecoder(encoding) !== undefined;
  } catch {
    return false;
  }
};

exports.encodingExists = isKnown;

exports.decode = (bytes, encoding) => new TextDecoder(encoding).decode(bytes);

exports.getDecoder = (encoding) => {
  // The words by which raw-body tells an unknown encoding from other faults.
  if (!isKnown(encoding)) throw new Error(`Encoding not recognized: '${encoding}'`);
  const decoder = new TextDecoder(encoding);
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
};
