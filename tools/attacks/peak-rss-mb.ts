import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/** The most resident memory that this program had, in MB of 2^20 bytes. */
export const peakRssMb = (): number => {
  // Linux counts the memory of the process that started this one into maxRSS.
  const [, kib] = existsSync(STATUS) ? (/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8')) ?? []) : [];
  return (kib === undefined ? process.resourceUsage().maxRSS : Number(kib)) / 1024;
};
