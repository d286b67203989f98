import { ATTACKS } from './attacks.ts';

const [name = '', url = ''] = process.argv.slice(2);
const attack = ATTACKS[name];
if (attack === undefined) throw new Error(`one of ${Object.keys(ATTACKS).join(', ')}, got ${name}`);
const { hostname } = new URL(url);
if (hostname !== '127.0.0.1') throw new Error(`attacks go to this machine only, not to ${hostname}`);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
process.on('disconnect', () => stop.abort());
setTimeout(() => stop.abort(), 120_000).unref();
await attack(new URL(url), stop.signal);
