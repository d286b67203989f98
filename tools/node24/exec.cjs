#!/usr/bin/env node
'use strict';
// `exec` of the npm scripts where the shell has none, as on Windows. Elsewhere the shell's own puts the program in its place, so that
// npm's signals reach it, and its exit code is npm's.
const { spawn } = require('node:child_process');

const [program, ...args] = process.argv.slice(2);
const child = spawn(program === 'node' ? process.execPath : program, args, { stdio: 'inherit' });
// Ctrl-C reaches the program too, which decides when it ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill());
child.on('error', (error) => {
  console.error(`${program} cannot be run: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code) => process.exit(code ?? 1));
