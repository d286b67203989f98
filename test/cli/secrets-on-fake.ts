import { runProgram } from '../../app/cli/program.ts';
import { openFake } from './secrets-world.ts';

// The whole command in a process of its own, with the fake in place of Google's Secret Manager.
await runProgram({ open: openFake(process.env['FAKE_ENDPOINT'] ?? '') });
