/**
 * Stands for `node:http` in the bundled roles. An ES import of it reads every one of its exports, and with `WebSocket` loads the whole
 * of Node's undici at each start, which no role uses then; this one reads what is used.
 */
module.exports = process.getBuiltinModule('node:http');
