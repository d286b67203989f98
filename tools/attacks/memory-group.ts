import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';

/** A control group whose processes may have so much memory together. */
export interface MemoryGroup {
  /** Has this many bytes at the most. */
  readonly procsFile: string;
  remove(): void;
}

/** Folder of control groups, and the file that limits memory: version 2, then version 1. */
const KINDS = [
  { root: '/sys/fs/cgroup', marker: '/sys/fs/cgroup/cgroup.controllers', limit: 'memory.max' },
  {
    root: '/sys/fs/cgroup/memory',
    marker: '/sys/fs/cgroup/memory/memory.limit_in_bytes',
    limit: 'memory.limit_in_bytes',
  },
] as const;

/** Makes a control group of version 1 or 2, as a container has one; undefined where none can be made. */
export const memoryGroup = (bytes: number): MemoryGroup | undefined => {
  for (const { root, marker, limit } of KINDS) {
    const folder = `${root}/customerio-platform-${process.pid}-${Date.now()}`;
    try {
      if (!existsSync(marker)) continue;
      mkdirSync(folder);
      writeFileSync(`${folder}/${limit}`, String(bytes));
      return { procsFile: `${folder}/cgroup.procs`, remove: () => rmdirSync(folder) };
    } catch {
      // Not root, or a system without them: the caller does without.
      if (existsSync(folder)) rmdirSync(folder);
    }
  }
  return undefined;
};
