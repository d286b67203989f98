import { EnvironmentsError, synthesize } from './synthesize.ts';

try {
  synthesize();
} catch (error) {
  if (!(error instanceof EnvironmentsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
