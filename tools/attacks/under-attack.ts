import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { attackedIngest } from './attacked-ingest.ts';
import { type Answers, otherSource } from './other-source.ts';

/** What an attack did. */
export interface Damage {
  readonly quiet: Answers;
  readonly attacked: Answers;
  readonly peakRssMb: number;
  readonly isAlive: boolean;
  readonly isLimited: boolean;
}

/** How the attack and its witnesses are sized. */
export interface UnderAttackOptions {
  readonly memoryMib: number;
  /** Clients of the other source. */
  readonly clients: number;
  /** How long these are measured before, and again during the attack, in milliseconds. */
  readonly ms: number;
}

/** Measures the clients of another source without and then during an attack, and the memory of the ingest. */
export const underAttack = async (name: string, options: UnderAttackOptions): Promise<Damage> => {
  const { memoryMib, clients, ms } = options;
  const ingest = await attackedIngest(memoryMib);
  try {
    await otherSource(ingest.url, clients, 500);
    const quiet = await otherSource(ingest.url, clients, ms);
    const attacker = spawn(process.execPath, [`${import.meta.dirname}/attack.main.ts`, name, ingest.url], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const gone = once(attacker, 'exit');
    await sleep(700);
    const attacked = await otherSource(ingest.url, clients, ms);
    attacker.kill('SIGKILL');
    await gone;
    const isAlive = ingest.isAlive();
    const peakRssMb = isAlive ? await ingest.peakRssMb() : Number.NaN;
    return { quiet, attacked, peakRssMb, isAlive, isLimited: ingest.isLimited };
  } finally {
    await ingest.end();
  }
};
